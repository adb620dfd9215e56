/** A run after one more event of its journal. Pure: whoever reads the same journal has the same run. */
import { assertNever } from '../../core/assert-never.js';
import type { JournalEvent } from '../journal/events.js';
import { tallied } from './probe-tally.js';
import type { ChangeRun, FaultRun, LedgerReading, Run, StepRun } from './run.js';

export function afterEvent(run: Run, event: JournalEvent): Run {
  const { atMs } = event;
  switch (event.type) {
    case 'run-began':
      return { ...run, startedAtMs: Date.parse(event.startedAt) };
    case 'warned':
    case 'seen':
      return run;
    case 'two-primaries':
      return { ...run, twoPrimaries: run.twoPrimaries ?? `target ${event.target}: ${event.message}` };
    case 'targets-resolved':
      return { ...run, targets: new Map(Object.entries(event.targets)) };
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
type OfFault = Of<'fault-asked' | 'fault-armed' | 'fault-counted' | 'fault-unverified' | 'faults-left'>;
type OfChange = Of<'change-planned' | 'change-made' | 'change-taken-back' | 'changes-left'>;
type OfLedger = Of<'ledger-began' | 'traffic' | 'ledger-read' | 'ledger-unread'>;

function afterEventOf(
  run: Run,
  event: OfStep | OfFault | OfChange | OfLedger | Of<'stopped' | 'judged'>,
): Run {
  switch (event.type) {
    case 'step-began':
    case 'signalled':
    case 'step-measured':
    case 'step-ended':
      return withStep(run, event.step, ofStep(event));
    case 'fault-asked':
    case 'fault-armed':
    case 'fault-counted':
    case 'fault-unverified':
    case 'faults-left':
      return afterFault(run, event);
    case 'change-planned':
    case 'change-made':
    case 'change-taken-back':
    case 'changes-left':
      return afterChange(run, event);
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
      return withFault(run, event.fault, {
        ...{ ...newFault, step: event.step, sentence: event.sentence },
        ...{ place: event.place ?? null, endsAtMs: event.endsAtMs ?? null },
      });
    case 'fault-armed':
      return withFault(run, event.fault, { isArmed: true });
    case 'fault-counted':
      return withFault(run, event.fault, most(run.faults.get(event.fault), event));
    case 'fault-unverified':
      return withFault(run, event.fault, { unverified: event.message });
    case 'faults-left':
      return { ...run, faultsLeft: event.faults };
    default:
      return assertNever(event);
  }
}

function afterChange(run: Run, event: OfChange): Run {
  switch (event.type) {
    case 'change-planned': {
      const { change, step, subject, was, endsAtMs = null } = event;
      return withChange(run, change, { ...newChange, step, subject, was, endsAtMs });
    }
    case 'change-made':
      return withChange(run, event.change, { madeAtMs: event.atMs });
    case 'change-taken-back':
      return withChange(run, event.change, { isTakenBack: true });
    case 'changes-left':
      return { ...run, changesLeft: event.changes };
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
const newFault: FaultRun = {
  ...{ step: '', sentence: '', isArmed: false, matched: 0, injected: 0 },
  ...{ place: null, endsAtMs: null, unverified: null },
};
const newChange: ChangeRun = {
  ...{ step: '', subject: { kind: '', name: '', uid: '' }, was: {} },
  ...{ madeAtMs: null, endsAtMs: null, isTakenBack: false },
};

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

function withChange(run: Run, change: string, more: Partial<ChangeRun>): Run {
  const known = run.changes.get(change) ?? newChange;
  return { ...run, changes: new Map(run.changes).set(change, { ...known, ...more }) };
}

function withFault(run: Run, fault: string, change: Partial<FaultRun>): Run {
  const known = run.faults.get(fault) ?? newFault;
  return { ...run, faults: new Map(run.faults).set(fault, { ...known, ...change }) };
}
