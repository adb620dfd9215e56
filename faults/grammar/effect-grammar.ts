/**
 * What the language has to know of an effect. One entry of `diskEffects` or `tcpEffects` is all of it:
 * parse, format, explain, nearest-word suggestions and the reference are made from these.
 */
import type { DiskVerb } from '../operation.js';
import type { WordReader } from './word-reader.js';

export interface EffectGrammar<E> {
  /** `latency D`: the letters are those of `notations`. */
  readonly syntax: string;
  readonly meaning: string;
  /** A whole sentence. */
  readonly example: string;
  /** What people call it elsewhere: in a sentence a problem, with this effect as the way out. */
  readonly aka: readonly string[];
  readonly dice: EffectDice;
  /** Reads what stands behind the effect's word; null when that is flawed. */
  read(words: WordReader): E | null;
  /** What `read` reads, canonically; '' where there is nothing. */
  write(effect: E): string;
  /** What happens. On disk the subject stands before it: `take 200ms longer`. */
  tell(effect: E): string;
}

/**
 * What dice decide of an effect, beside whether a match is hit at all. `jitter`: how long it takes; it has a `jitterMs`.
 * `bits`: which ones. `chance`: the effect itself is a chance, and the clause `chance` does not fit it.
 */
export type EffectDice = 'nothing' | 'jitter' | 'bits' | 'chance';

export interface DiskEffectGrammar<E> extends EffectGrammar<E> {
  /** What `tell` speaks of when the sentence has no `on`: `reads and writes`. */
  readonly subject: string;
  /** The verbs that the effect can reach, whatever `on` says. */
  reach(effect: E): readonly DiskVerb[];
  /** The verbs that it reaches when the sentence has no `on`. */
  usual(effect: E): readonly DiskVerb[];
  /** Verbs that it has to see whatever `on` says, though it never fails them: what frees a quota. */
  readonly watches?: readonly DiskVerb[];
}

export interface TcpEffectGrammar<E> extends EffectGrammar<E> {
  /** What chance and triggers are decided for. */
  readonly unit: TcpUnit;
}

export type TcpUnit = 'connection' | 'chunk' | 'packet';

/** What decides which clauses fit an effect, known from its word alone. */
export interface EffectFacts {
  readonly dice: EffectDice;
  readonly unit: 'operation' | TcpUnit;
}
