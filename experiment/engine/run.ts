/** A run as its journal tells it: what the engine has to know of what was, and no more. */
import type { ChangeSubject, Outcome, Phase, Place, RecoveryPart, Stop } from '../journal/events.js';
import type { LedgerResult } from '../ledger/result.js';
import type { Judgement } from '../verdict.js';
import type { ProbeTally } from './probe-tally.js';

export interface StepRun {
  readonly beganAtMs: number;
  readonly pid: number | null;
  readonly ended: {
    readonly outcome: 'done' | 'failed';
    readonly message: string;
    readonly atMs: number;
  } | null;
  /** Was the signal of a step that kills sent? */
  readonly isSignalled: boolean;
  /** Of a step that measures: the last time. */
  readonly measured: { readonly outcome: Outcome; readonly seen: string } | null;
}

export interface FaultRun {
  readonly step: string;
  readonly sentence: string;
  readonly isArmed: boolean;
  readonly matched: number;
  readonly injected: number;
  /** Where it is; null: on this machine. */
  readonly place: Place | null;
  /** Since the run began; null: what wrote the journal did not say. */
  readonly endsAtMs: number | null;
  /** Why nobody knows what it hit; null: it is known, or will be. */
  readonly unverified: string | null;
}

/** Something that was not a fault, and is taken back. */
export interface ChangeRun {
  readonly step: string;
  readonly subject: ChangeSubject;
  /** How it was before. */
  readonly was: Readonly<Record<string, unknown>>;
  readonly madeAtMs: number | null;
  /** When it is taken back, since the run began; null: there is nothing to take back. */
  readonly endsAtMs: number | null;
  readonly isTakenBack: boolean;
}

export type LedgerReading = Pick<LedgerResult, 'data' | 'message' | 'registers'>;

export interface LedgerRun {
  readonly beganAtMs: number;
  /** Acknowledged writes, by phase. */
  readonly acknowledged: Readonly<Partial<Record<Phase, number>>>;
  readonly read: LedgerReading | null;
}

export interface Run {
  /** Milliseconds of the Unix epoch. */
  readonly startedAtMs: number;
  readonly phase: Phase;
  readonly phaseBeganAtMs: number;
  readonly beganAtMs: Readonly<Partial<Record<Phase, number>>>;
  readonly steps: ReadonlyMap<string, StepRun>;
  readonly faults: ReadonlyMap<string, FaultRun>;
  /** The pods of each; null: nobody has said yet. */
  readonly targets: ReadonlyMap<string, readonly Place[]> | null;
  readonly changes: ReadonlyMap<string, ChangeRun>;
  readonly changesLeft: readonly string[];
  readonly tallies: Readonly<Record<Phase, ReadonlyMap<string, ProbeTally>>>;
  /** When each probe was last begun to be measured. */
  readonly askedAtMs: ReadonlyMap<string, number>;
  readonly recovered: ReadonlyMap<RecoveryPart, { readonly atMs: number; readonly tookMs: number }>;
  /** What was seen, the first time; null: nobody saw two. */
  readonly twoPrimaries: string | null;
  readonly stop: Stop | null;
  readonly faultsLeft: readonly string[];
  readonly ledger: LedgerRun | null;
  readonly commandEnded: { readonly pid: number; readonly code: number } | null;
  readonly judgement: Judgement | null;
}

/** Acknowledged writes of the ledger while faults were on; null: no fault came, or there is none. */
export function operationsPerSecond({ ledger, beganAtMs }: Run): number | null {
  const { during: fromMs, after: toMs = beganAtMs.finally } = beganAtMs;
  if (ledger === null || fromMs === undefined || toMs === undefined) return null;
  return (ledger.acknowledged.during ?? 0) / Math.max((toMs - fromMs) / 1000, 0.001);
}

export const newRun: Run = {
  startedAtMs: 0,
  phase: 'before',
  phaseBeganAtMs: 0,
  beganAtMs: { before: 0 },
  steps: new Map(),
  faults: new Map(),
  targets: null,
  changes: new Map(),
  changesLeft: [],
  tallies: { before: new Map(), during: new Map(), after: new Map(), finally: new Map(), over: new Map() },
  askedAtMs: new Map(),
  recovered: new Map(),
  twoPrimaries: null,
  stop: null,
  faultsLeft: [],
  ledger: null,
  commandEnded: null,
  judgement: null,
};
