/** What the engine knows of the world beside the journal, and what it has done about it. */
import type { Action, ChangeAction } from '../file/planned-steps.js';
import type { Question } from '../file/probe.js';
import type { Phase, Place, RecoveryPart, RunEvent } from '../journal/events.js';
import type { Run } from './run.js';

export interface ObservedFault {
  readonly isArmed: boolean;
  /** Why it is not; null while it is armed. */
  readonly reason: string | null;
  readonly matched: number;
  readonly injected: number;
  /** It is off, and what asks for it still stands there. */
  readonly isAsked?: boolean;
  /** The addresses of its peers are others by now. */
  readonly isOutdated?: boolean;
  /** The pod that had it is gone, and it with the pod. */
  readonly isGone?: boolean;
  /** Why nobody can say what it hit; the counts mean nothing then. */
  readonly unverified?: string;
}

/** What is known of a cluster, beside the faults. */
export interface ObservedCluster {
  /** The pods of each target, were they resolved now; null: nobody can say. */
  readonly targets: ReadonlyMap<string, readonly Place[]> | null;
  /** Why a target has no pods, and whether waiting may help. */
  readonly missing: { readonly message: string; readonly mayCome: boolean } | null;
  /** Why nothing may begin or, behind the first fault, go on. */
  readonly refusals: readonly string[];
  /** Is it stored that something of the run may have to be taken back? */
  readonly isHeld: boolean;
  readonly isPaused: boolean;
  /** Those parts of recovery that the cluster shows. */
  readonly recovered: ReadonlySet<RecoveryPart>;
}

export interface Observed {
  /** By name; one that is null could not be asked for. Null: the world could not be asked. */
  readonly faults: ReadonlyMap<string, ObservedFault | null> | null;
  /** Null: on this machine, or nobody has been able to say anything of it yet. */
  readonly cluster: ObservedCluster | null;
  /** Processes that a step can kill; null where none runs. As they were when the faults were asked for. */
  readonly pids: Readonly<Record<Extract<Action, { kind: 'kill' }>['process'], number | null>>;
  /** Keys of moves that are being made. */
  readonly underway: ReadonlySet<string>;
}

/** What a decision of a step follows from. */
export interface Moment {
  /** See `Plan.follows`. */
  readonly follows: ReadonlySet<string>;
  readonly run: Run;
  readonly observed: Observed;
  readonly nowMs: number;
}

/** Each may be made twice without harm: a fault by its name and end, a process by its pid. */
export type Move =
  | {
      readonly kind: 'arm';
      readonly key: string;
      readonly fault: string;
      readonly sentence: string;
      readonly place: Place | null;
    }
  | { readonly kind: 'disarm'; readonly key: string; readonly fault: string; readonly place: Place | null }
  /** Stores that something of the run may have to be taken back. */
  | { readonly kind: 'hold'; readonly key: string }
  | {
      readonly kind: 'plan-change';
      readonly key: string;
      readonly step: string;
      readonly action: ChangeAction;
      readonly endsAtMs: number | null;
    }
  | { readonly kind: 'change' | 'take-back'; readonly key: string; readonly change: string }
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
