/** What the language has to know of a clause. One entry of `clauses` is all of it. */
import type { DiskEffect, Fault, Peer, VerbGroup } from '../fault.js';
import type { DiskVerb } from '../operation.js';
import type { EffectFacts } from './effect-grammar.js';
import type { WordReader } from './word-reader.js';

export interface ClauseValues {
  readonly jitter: number;
  readonly on: readonly (DiskVerb | VerbGroup)[];
  readonly in: string;
  readonly volume: string;
  readonly port: readonly number[];
  readonly from: readonly Peer[];
  readonly to: readonly Peer[];
  readonly with: readonly Peer[];
  readonly chance: number;
  readonly every: number;
  readonly first: number;
  readonly once: true;
  readonly skip: number;
  readonly for: number;
  readonly until: number;
  readonly seed: number;
}

export type ClauseName = keyof ClauseValues;

export interface ClauseGrammar<T> {
  readonly syntax: string;
  readonly meaning: string;
  /** A whole sentence. */
  readonly example: string;
  /** The one plane that has it; absent: both. */
  readonly plane?: Fault['plane'];
  /** Clauses that say otherwise. */
  readonly excludes?: readonly ClauseName[];
  /** A word that stands alone and looks like this was meant for this clause. */
  readonly stray?: RegExp;
  /** Why it cannot stand behind this effect; null when it can. */
  misfit?(effect: EffectFacts): string | null;
  /** `disk` is the effect before it, where that is one of the disk server and was understood. */
  read(words: WordReader, disk: DiskEffect | null): T | null;
  /** The value, canonically; '' for a clause of one word, null when the fault does not say it. */
  write(fault: Fault): string | null;
}
