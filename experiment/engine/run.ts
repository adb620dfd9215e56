/** A run as its journal tells it: what the engine has to know of what was, and no more. */
import { assertNever } from '../../core/assert-never.js';
import type { JournalEvent, Outcome, Phase, RecoveryPart, Stop } from '../journal/events.js';
import type { LedgerResult } from '../ledger/result.js';
import type { Judgement } from '../verdict.js';
import { type ProbeTally, tallied } from './probe-tally.js';

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
  readonly tallies: Readonly<Record<Phase, ReadonlyMap<string, ProbeTally>>>;
  /** When each probe was last begun to be measured. */
  readonly askedAtMs: ReadonlyMap<string, number>;
  readonly recovered: ReadonlyMap<RecoveryPart, { readonly atMs: number; readonly tookMs: number }>;
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
  tallies: { before: new Map(), during: new Map(), after: new Map(), finally: new Map(), over: new Map() },
  askedAtMs: new Map(),
  recovered: new Map(),
  stop: null,
  faultsLeft: [],
  ledger: null,
  commandEnded: null,
  judgement: null,
};

export function afterEvent(run: Run, event: JournalEvent): Run {
  const { atMs } = event;
  switch (event.type) {
    case 'run-began':
      return { ...run, startedAtMs: Date.parse(event.startedAt) };
    case 'warned':
      return run;
    case 'phase-began':
      return {
        ...run,
        phase: event.phase,
        phaseBeganAtMs: atMs,
        beganAtMs: { ...run.beganAtMs, [event.phase]: atMs },
      };
    case 'measured':
      return {
        ...run,
        tallies: { ...run.tallies, [event.phase]: tallied(run.tallies[event.phase], event) },
        askedAtMs: new Map(run.askedAtMs).set(event.probe, atMs - event.tookMs),
      };
    case 'command-began':
      return { ...run, commandEnded: null };
    case 'command-ended':
      return { ...run, commandEnded: { pid: event.pid, code: event.code } };
    case 'recovered':
      return { ...run, recovered: new Map(run.recovered).set(event.part, { atMs, tookMs: event.tookMs }) };
    default:
      return afterEventOf(run, event);
  }
}

type Of<Type extends JournalEvent['type']> = Extract<JournalEvent, { type: Type }>;
type OfStep = Of<'step-began' | 'signalled' | 'step-measured' | 'step-ended'>;
type OfFault = Of<'fault-asked' | 'fault-armed' | 'fault-counted' | 'faults-left'>;
type OfLedger = Of<'ledger-began' | 'traffic' | 'ledger-read' | 'ledger-unread'>;

function afterEventOf(run: Run, event: OfStep | OfFault | OfLedger | Of<'stopped' | 'judged'>): Run {
  switch (event.type) {
    case 'step-began':
    case 'signalled':
    case 'step-measured':
    case 'step-ended':
      return withStep(run, event.step, ofStep(event));
    case 'fault-asked':
    case 'fault-armed':
    case 'fault-counted':
    case 'faults-left':
      return afterFault(run, event);
    case 'ledger-began':
    case 'traffic':
    case 'ledger-read':
    case 'ledger-unread':
      return afterLedger(run, event);
    case 'stopped': {
      const { verdict, reason, message } = event;
      // The first reason is why; what follows is its consequence.
      return run.stop ? run : { ...run, stop: { verdict, reason, message } };
    }
    case 'judged': {
      const { verdict, data, deviated, reason, message } = event;
      return { ...run, judgement: { verdict, data, deviated, reason, message } };
    }
    default:
      return assertNever(event);
  }
}

function ofStep(event: OfStep): Partial<StepRun> {
  switch (event.type) {
    case 'step-began':
      return { ...newStep, beganAtMs: event.atMs, pid: event.pid ?? null };
    case 'signalled':
      return { isSignalled: true };
    case 'step-measured':
      return { measured: { outcome: event.outcome, seen: event.seen } };
    case 'step-ended':
      return { ended: { outcome: event.outcome, message: event.message, atMs: event.atMs } };
    default:
      return assertNever(event);
  }
}

function afterFault(run: Run, event: OfFault): Run {
  switch (event.type) {
    case 'fault-asked':
      return withFault(run, event.fault, { ...newFault, step: event.step, sentence: event.sentence });
    case 'fault-armed':
      return withFault(run, event.fault, { isArmed: true });
    case 'fault-counted':
      return withFault(run, event.fault, most(run.faults.get(event.fault), event));
    case 'faults-left':
      return { ...run, faultsLeft: event.faults };
    default:
      return assertNever(event);
  }
}

function afterLedger(run: Run, event: OfLedger): Run {
  switch (event.type) {
    case 'ledger-began':
      return { ...run, ledger: { beganAtMs: event.atMs, acknowledged: {}, read: null } };
    case 'traffic':
      return withTraffic(run, event.acknowledged);
    case 'ledger-read':
      return withRead(run, event.result);
    case 'ledger-unread':
      return withRead(run, { data: 'Unknown', registers: null, message: event.message });
    default:
      return assertNever(event);
  }
}

const newStep: StepRun = { beganAtMs: 0, pid: null, ended: null, isSignalled: false, measured: null };
const newFault: FaultRun = { step: '', sentence: '', isArmed: false, matched: 0, injected: 0 };

function withStep(run: Run, step: string, change: Partial<StepRun>): Run {
  const known = run.steps.get(step) ?? newStep;
  return { ...run, steps: new Map(run.steps).set(step, { ...known, ...change }) };
}

/** A fault proxy that begins again counts from nothing. */
const most = (known: FaultRun = newFault, { matched, injected }: { matched: number; injected: number }) => ({
  matched: Math.max(known.matched, matched),
  injected: Math.max(known.injected, injected),
});

function withTraffic(run: Run, more: number): Run {
  const { ledger, phase } = run;
  if (ledger === null) return run;
  const acknowledged = { ...ledger.acknowledged, [phase]: (ledger.acknowledged[phase] ?? 0) + more };
  return { ...run, ledger: { ...ledger, acknowledged } };
}

function withRead(run: Run, { data, registers, message }: LedgerReading): Run {
  return run.ledger === null
    ? run
    : { ...run, ledger: { ...run.ledger, read: { data, registers, message } } };
}

function withFault(run: Run, fault: string, change: Partial<FaultRun>): Run {
  const known = run.faults.get(fault) ?? newFault;
  return { ...run, faults: new Map(run.faults).set(fault, { ...known, ...change }) };
}
