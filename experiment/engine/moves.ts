/** What the engine knows of the world beside the journal, and what it has done about it. */
import type { Action } from '../file/planned-steps.js';
import type { Question } from '../file/probe.js';
import type { Phase, RunEvent } from '../journal/events.js';

export interface ObservedFault {
  readonly isArmed: boolean;
  /** Why it is not; null while it is armed. */
  readonly reason: string | null;
  readonly matched: number;
  readonly injected: number;
}

export interface Observed {
  /** By name. Null: the world could not be asked. */
  readonly faults: ReadonlyMap<string, ObservedFault> | null;
  /** Processes that a step can kill; null where none runs. As they were when the faults were asked for. */
  readonly pids: Readonly<Record<Extract<Action, { kind: 'kill' }>['process'], number | null>>;
  /** Keys of moves that are being made. */
  readonly underway: ReadonlySet<string>;
}

/** Each may be made twice without harm: a fault by its name and end, a process by its pid. */
export type Move =
  | { readonly kind: 'arm'; readonly key: string; readonly fault: string; readonly sentence: string }
  | { readonly kind: 'disarm'; readonly key: string; readonly fault: string }
  | {
      readonly kind: 'kill';
      readonly key: string;
      readonly step: string;
      readonly pid: number;
      readonly signal: string;
    }
  | { readonly kind: 'measure'; readonly key: string; readonly probe: string; readonly phase: Phase }
  | { readonly kind: 'begin-ledger' | 'read-ledger-back'; readonly key: string }
  | { readonly kind: 'ask'; readonly key: string; readonly step: string; readonly question: Question };

/** First what is to be written, then what is to be made; and when to ask again where nothing happens before. */
export interface Decision {
  readonly records: readonly RunEvent[];
  readonly moves: readonly Move[];
  readonly wakeAtMs: number;
}

export const nothing: Decision = { records: [], moves: [], wakeAtMs: Number.POSITIVE_INFINITY };

export const record = (...records: readonly RunEvent[]): Decision => ({ ...nothing, records });
export const make = (...moves: readonly Move[]): Decision => ({ ...nothing, moves });
export const wakeAt = (wakeAtMs: number): Decision => ({ ...nothing, wakeAtMs });

export const together = (decisions: readonly Decision[]): Decision => ({
  records: decisions.flatMap(({ records }) => records),
  moves: decisions.flatMap(({ moves }) => moves),
  wakeAtMs: Math.min(Number.POSITIVE_INFINITY, ...decisions.map(({ wakeAtMs }) => wakeAtMs)),
});
