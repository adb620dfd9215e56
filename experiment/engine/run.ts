/** A run as its journal tells it: what the engine has to know of what was, and no more. */
import { assertNever } from '../../core/assert-never.js';
import type { JournalEvent, Outcome, Phase, RecoveryPart, Stop } from '../journal/events.js';
import type { Judgement } from '../verdict.js';

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

/** What a probe measured in one phase. */
export interface ProbeTally {
  readonly successful: number;
  readonly failed: number;
  /** Inconclusive and Error: nothing was learned. */
  readonly unlearned: number;
  /** Of one kind, one after another, until now. */
  readonly successfulInARow: number;
  readonly failedInARow: number;
  readonly unlearnedInARow: number;
  readonly mostFailedInARow: number;
  /** When the present row of successes began; null where the last was none. */
  readonly holdsSinceMs: number | null;
  readonly firstSuccessAtMs: number | null;
  readonly lastAtMs: number;
  readonly firstFailure: { readonly atMs: number; readonly seen: string } | null;
  readonly last: { readonly outcome: Outcome; readonly seen: string; readonly tookMs: number };
}

export interface Run {
  /** Milliseconds of the Unix epoch. */
  readonly startedAtMs: number;
  readonly phase: Phase;
  readonly phaseBeganAtMs: number;
  readonly steps: ReadonlyMap<string, StepRun>;
  readonly faults: ReadonlyMap<string, FaultRun>;
  readonly tallies: Readonly<Record<Phase, ReadonlyMap<string, ProbeTally>>>;
  /** When each probe was last begun to be measured. */
  readonly askedAtMs: ReadonlyMap<string, number>;
  readonly recovered: ReadonlyMap<RecoveryPart, { readonly atMs: number; readonly tookMs: number }>;
  readonly stop: Stop | null;
  readonly faultsLeft: readonly string[];
  readonly commandEnded: { readonly pid: number; readonly code: number } | null;
  readonly judgement: Judgement | null;
}

export const newRun: Run = {
  startedAtMs: 0,
  phase: 'before',
  phaseBeganAtMs: 0,
  steps: new Map(),
  faults: new Map(),
  tallies: { before: new Map(), during: new Map(), after: new Map(), finally: new Map(), over: new Map() },
  askedAtMs: new Map(),
  recovered: new Map(),
  stop: null,
  faultsLeft: [],
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
      return { ...run, phase: event.phase, phaseBeganAtMs: atMs };
    case 'measured':
      return {
        ...run,
        tallies: { ...run.tallies, [event.phase]: tallied(run.tallies[event.phase], event) },
        askedAtMs: new Map(run.askedAtMs).set(event.probe, atMs - event.tookMs),
      };
    case 'step-began':
      return withStep(run, event.step, { ...newStep, beganAtMs: atMs, pid: event.pid ?? null });
    case 'signalled':
      return withStep(run, event.step, { isSignalled: true });
    case 'step-measured':
      return withStep(run, event.step, { measured: { outcome: event.outcome, seen: event.seen } });
    case 'step-ended':
      return withStep(run, event.step, { ended: { outcome: event.outcome, message: event.message, atMs } });
    case 'fault-asked':
      return withFault(run, event.fault, { ...newFault, step: event.step, sentence: event.sentence });
    case 'fault-armed':
      return withFault(run, event.fault, { isArmed: true });
    case 'fault-counted':
      return withFault(run, event.fault, most(run.faults.get(event.fault), event));
    case 'command-began':
      return { ...run, commandEnded: null };
    case 'command-ended':
      return { ...run, commandEnded: { pid: event.pid, code: event.code } };
    case 'stopped':
      // The first reason is why; what follows is its consequence.
      return run.stop
        ? run
        : { ...run, stop: { verdict: event.verdict, reason: event.reason, message: event.message } };
    case 'faults-left':
      return { ...run, faultsLeft: event.faults };
    case 'recovered':
      return { ...run, recovered: new Map(run.recovered).set(event.part, { atMs, tookMs: event.tookMs }) };
    case 'judged': {
      const { verdict, data, deviated, reason, message } = event;
      return { ...run, judgement: { verdict, data, deviated, reason, message } };
    }
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

function withFault(run: Run, fault: string, change: Partial<FaultRun>): Run {
  const known = run.faults.get(fault) ?? newFault;
  return { ...run, faults: new Map(run.faults).set(fault, { ...known, ...change }) };
}

type Measured = Extract<JournalEvent, { type: 'measured' }>;

function tallied(tallies: ReadonlyMap<string, ProbeTally>, event: Measured): ReadonlyMap<string, ProbeTally> {
  const { outcome, seen, tookMs, atMs, probe } = event;
  const known = tallies.get(probe);
  const success = outcome === 'Successful';
  const failure = outcome === 'Failed';
  const failedInARow = failure ? (known?.failedInARow ?? 0) + 1 : 0;
  const tally: ProbeTally = {
    successful: (known?.successful ?? 0) + (success ? 1 : 0),
    failed: (known?.failed ?? 0) + (failure ? 1 : 0),
    unlearned: (known?.unlearned ?? 0) + (success || failure ? 0 : 1),
    successfulInARow: success ? (known?.successfulInARow ?? 0) + 1 : 0,
    failedInARow,
    unlearnedInARow: success || failure ? 0 : (known?.unlearnedInARow ?? 0) + 1,
    mostFailedInARow: Math.max(known?.mostFailedInARow ?? 0, failedInARow),
    holdsSinceMs: success ? (known?.holdsSinceMs ?? atMs) : null,
    firstSuccessAtMs: known?.firstSuccessAtMs ?? (success ? atMs : null),
    lastAtMs: atMs,
    firstFailure: known?.firstFailure ?? (failure ? { atMs, seen } : null),
    last: { outcome, seen, tookMs },
  };
  return new Map(tallies).set(probe, tally);
}
