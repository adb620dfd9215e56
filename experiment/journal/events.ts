/**
 * What happens in a run, one line of the journal each. Everything that is said of a run later, its verdict included,
 * follows from these lines alone.
 */
import type { Tolerances } from '../file/tolerance.js';
import type { LedgerResult } from '../ledger/result.js';
import type { Judgement } from '../verdict.js';

export type Phase = 'before' | 'during' | 'after' | 'finally' | 'over';

/**
 * Successful and Failed are measurements. Inconclusive: there was an answer, and the condition cannot be asked of it.
 * Error: nothing could be measured.
 */
export type Outcome = 'Successful' | 'Failed' | 'Inconclusive' | 'Error';

export interface Measurement {
  readonly outcome: Outcome;
  /** What was found, in a line: `status 503 after 12 ms`. */
  readonly seen: string;
  readonly tookMs: number;
  /** The number that its condition looks at, such as how far a replica is behind. */
  readonly value?: number;
}

/** No probe of a file has an upper-case letter in its name. */
export const replicationName = 'Replication';

/** Where nobody is asked, nobody can say that all is well again. */
export const isWatched = ({ probes, replication }: Asked): boolean =>
  probes.length > 0 || replication !== null;

interface Asked {
  readonly probes: readonly unknown[];
  readonly replication: unknown;
}

/** What recovery consists of, in this order. Nodes, pods, traffic and role are of a cluster. */
export const recoveryParts = [
  ...(['faults-off', 'nodes', 'pods', 'traffic', 'role'] as const),
  ...(['connections', 'replication', 'stable'] as const),
] as const;
export type RecoveryPart = (typeof recoveryParts)[number];

/** A pod, as it was when a target was resolved: one that takes its name later is another. */
export interface Place {
  readonly pod: string;
  readonly uid: string;
  readonly node: string;
  /** As far as it is known and asked for; null: nobody asked, or nobody knows. */
  readonly role: string | null;
}

/** What a change is made to. */
export interface ChangeSubject {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Why a run goes on to its end before its steps are through. */
export interface Stop {
  readonly verdict: 'Failed' | 'Inconclusive' | 'Aborted' | 'Error';
  readonly reason: string;
  readonly message: string;
  /** Each of what safety has against it. */
  readonly refusals?: readonly string[];
}

/** What writers of the ledger were answered, in about a second. */
export interface Traffic {
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** Of acknowledged writes; null without any. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** What the file expects, as far as the verdict rests on it: a journal is to be read without its file. */
export interface Expected {
  readonly description: string;
  readonly recoveryObjectiveMs: number;
  /** Of each probe while faults are on. */
  readonly minimumMeasurements: number;
  /** Of each fault. */
  readonly minimumHits: number;
  /** Of the ledger while faults are on; null: there is none. */
  readonly minimumOperationsPerSecond: number | null;
  readonly probes: readonly ExpectedProbe[];
  /** Has whoever follows the database caught up? Null: nobody is asked. */
  readonly replication: ExpectedProbe | null;
}

export interface ExpectedProbe {
  readonly name: string;
  /** As the file calls it: `tcp`, `postgres`. */
  readonly kind: string;
  /** What holds, in words. */
  readonly says: string;
  readonly tolerances: Tolerances;
}

export type RunEvent =
  | {
      readonly type: 'run-began';
      readonly experiment: string;
      readonly version: string;
      /** RFC 3339. */
      readonly startedAt: string;
      readonly expected: Expected;
    }
  | { readonly type: 'phase-began'; readonly phase: Phase }
  | ({ readonly type: 'measured'; readonly probe: string; readonly phase: Phase } & Measurement)
  | {
      readonly type: 'step-began';
      readonly step: string;
      /** Which process is to be killed: only this one, also when it is tried again. */
      readonly pid?: number;
    }
  /** The pods of each target, from now on. */
  | { readonly type: 'targets-resolved'; readonly targets: Readonly<Record<string, readonly Place[]>> }
  /** Written before anything is armed. */
  | {
      readonly type: 'fault-asked';
      readonly step: string;
      readonly fault: string;
      readonly sentence: string;
      /** In a cluster: the pod that has it. */
      readonly place?: Place;
      /** When it ends by itself, since the run began. */
      readonly endsAtMs?: number;
    }
  | { readonly type: 'fault-armed'; readonly fault: string }
  | {
      readonly type: 'fault-counted';
      readonly fault: string;
      readonly matched: number;
      readonly injected: number;
    }
  /** Where nobody can be asked what it hit. */
  | { readonly type: 'fault-unverified'; readonly fault: string; readonly message: string }
  /** Written before anything is changed: what is changed, and how it was. */
  | {
      readonly type: 'change-planned';
      readonly change: string;
      readonly step: string;
      readonly subject: ChangeSubject;
      readonly was: Readonly<Record<string, unknown>>;
      /** When it is taken back, since the run began; not there: there is nothing to take back. */
      readonly endsAtMs?: number;
    }
  | { readonly type: 'change-made'; readonly change: string; readonly message: string }
  | { readonly type: 'change-taken-back'; readonly change: string; readonly message: string }
  /** Nobody could take them back in time. */
  | { readonly type: 'changes-left'; readonly changes: readonly string[] }
  /** What was seen of the cluster, such as a node that is not ready any more. */
  | { readonly type: 'seen'; readonly subject: string; readonly message: string }
  /** Of a target: several pods were the primary of the same data, each asked itself. */
  | { readonly type: 'two-primaries'; readonly target: string; readonly message: string }
  | { readonly type: 'signalled'; readonly step: string; readonly pid: number; readonly signal: string }
  | ({ readonly type: 'step-measured'; readonly step: string } & Measurement)
  | {
      readonly type: 'step-ended';
      readonly step: string;
      readonly outcome: 'done' | 'failed';
      readonly message: string;
    }
  | { readonly type: 'command-began'; readonly pid: number }
  | { readonly type: 'command-ended'; readonly pid: number; readonly code: number }
  | ({ readonly type: 'stopped' } & Stop)
  /** Nobody could say in time that they are off. */
  | { readonly type: 'faults-left'; readonly faults: readonly string[] }
  | { readonly type: 'recovered'; readonly part: RecoveryPart; readonly tookMs: number }
  | { readonly type: 'ledger-began' }
  | ({ readonly type: 'traffic' } & Traffic)
  | { readonly type: 'ledger-read'; readonly result: LedgerResult }
  /** It could not be read back. */
  | { readonly type: 'ledger-unread'; readonly message: string }
  | { readonly type: 'warned'; readonly message: string }
  | ({ readonly type: 'judged' } & Judgement);

/** `atMs`: since the run began, by a clock that nobody sets. */
export type JournalEvent = { readonly atMs: number } & RunEvent;
