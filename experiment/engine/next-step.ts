/**
 * What is to be done next in a run: it follows from the plan, the journal, what is observed, and the time. It is asked
 * again whenever something happened; asked twice, it answers the same, so that whoever carries it out may die anywhere.
 *
 *     before ─ the hypothesis holds ─► during ─ all steps ended ─► after ─ recovered ─► finally ─► over
 *        └──── it does not ──────────────┴──── stopped ─────────────────────────────────►┘
 *
 * No phase is entered behind `during` with a fault that might be armed, but for `finally`, when its bound has passed; the
 * verdict says so then.
 */
import { assertNever } from '../../core/assert-never.js';
import { isWatched, type Phase, type RecoveryPart, type Stop } from '../journal/events.js';
import { followed, mayBegin, shown, unsafe } from './cluster-moves.js';
import {
  abortOf,
  brokenIn,
  caughtUpAt,
  connectedAt,
  holdBefore,
  measurements,
  notHolding,
  recoveryEndsAt,
  wellSince,
  withoutLedger,
} from './hypothesis.js';
import { judge } from './judge.js';
import { limits } from './limits.js';
import {
  type Decision,
  type Moment,
  make,
  nothing,
  type Observed,
  record,
  together,
  wakeAt,
} from './moves.js';
import type { Plan } from './plan.js';
import type { Run } from './run.js';
import { haveEnded, stepMoves } from './step-moves.js';
import { switchOff, untilOff } from './switching-off.js';

export function nextStep(plan: Plan, run: Run, observed: Observed, nowMs: number): Decision {
  const off = switchOff(run, observed);
  const limit = run.stop === null && nowMs >= plan.timeLimitMs && isUnderLimit(run.phase);
  if (limit)
    return stopped({
      verdict: 'Aborted',
      reason: 'TimeLimit',
      message: `the run was not through after its time limit of ${plan.timeLimitMs / 1000} s`,
    });
  const bound = isUnderLimit(run.phase) && run.stop === null ? wakeAt(plan.timeLimitMs) : nothing;
  return together([off, bound, ofPhase(plan, run, observed, nowMs)]);
}

/** What comes behind has bounds of its own. */
const isUnderLimit = (phase: Phase): boolean => phase === 'before' || phase === 'during';

const stopped = (stop: Stop): Decision => record({ type: 'stopped', ...stop });
const enter = (phase: Phase): Decision => record({ type: 'phase-began', phase });

function ofPhase(plan: Plan, run: Run, observed: Observed, nowMs: number): Decision {
  switch (run.phase) {
    case 'before':
      return before(plan, run, observed, nowMs);
    case 'during':
      return during(plan, run, observed, nowMs);
    case 'after':
      return after(plan, run, observed, nowMs);
    case 'finally':
      return atLast(plan, run, observed, nowMs);
    case 'over':
      return nothing;
    default:
      return assertNever(run.phase);
  }
}

function before(plan: Plan, run: Run, observed: Observed, nowMs: number): Decision {
  if (run.stop) return enter('finally');
  const gone = commandGone(plan, run, observed);
  if (gone) return stopped(neverBegan(gone));
  const barred = mayBegin(plan, run, observed);
  if (barred?.kind === 'no') return barred.decision;
  const broken = brokenIn(plan.probes, 'before', run);
  if (broken !== null) return stopped(notHeld(`nothing was started: ${broken}`));
  const ready = holdBefore(withoutLedger(plan), run);
  const holds = ready && holdBefore(plan.probes, run);
  if (holds && hasBaseline(plan, run, nowMs)) {
    if (barred === null) return enter('during');
    if (barred.kind === 'first') return barred.decision;
  }
  if (nowMs < plan.settleMs)
    return together([
      measurements(plan, run, observed, nowMs),
      ready ? ledgerBegins(plan, run, observed, nowMs) : nothing,
      wakeAt(plan.settleMs),
    ]);
  return stopped(
    notHeld(
      barred?.kind === 'wait'
        ? `nothing was started: after ${plan.settleMs / 1000} s ${barred.message}`
        : `nothing was started: after ${plan.settleMs / 1000} s the hypothesis did not hold${holds ? ', for the ledger had no acknowledged write' : `. ${notHolding(plan, run)}`}`,
    ),
  );
}

const notHeld = (message: string): Stop => ({
  verdict: 'Inconclusive',
  reason: 'HypothesisNotHeldBefore',
  message,
});

/** Without a fault on nothing is said of the system under test. */
const neverBegan = ({ reason, message }: Stop): Stop => ({
  verdict: 'Inconclusive',
  reason,
  message: `nothing was started: ${message}`,
});

/** The ledger, where there is one, has written for a while: what faults do to it is held against that. */
function hasBaseline({ hasLedger }: Plan, { ledger }: Run, nowMs: number): boolean {
  if (!hasLedger) return true;
  if (ledger === null || nowMs < ledger.beganAtMs + limits.baselineMs) return false;
  return (ledger.acknowledged.before ?? 0) > 0;
}

function ledgerBegins({ hasLedger }: Plan, { ledger }: Run, { underway }: Observed, nowMs: number): Decision {
  const key = 'begin-ledger';
  if (!hasLedger || underway.has(key)) return nothing;
  return ledger === null ? make({ kind: key, key }) : wakeAt(nowMs + limits.lookMs);
}

function during(plan: Plan, run: Run, observed: Observed, nowMs: number): Decision {
  if (run.stop) return enter('finally');
  const stop =
    failedStep(plan, run) ??
    unsafe(observed) ??
    abortOf(plan, run, 'during') ??
    commandGone(plan, run, observed);
  if (stop) return stopped(stop);
  const moved = followed(plan, run, observed);
  if (moved) return moved;
  if (haveEnded(plan.steps, run)) return enter('after');
  return together([
    measurements(plan, run, observed, nowMs),
    stepMoves(plan.steps, { run, observed, nowMs, follows: plan.follows }),
  ]);
}

/** A probe that a step asked is the hypothesis of that moment; anything else that fails is that we could not do it. */
function failedStep({ steps }: Plan, run: Run): Stop | null {
  for (const { id, action } of steps) {
    const { ended = null, measured = null } = run.steps.get(id) ?? {};
    if (ended?.outcome !== 'failed') continue;
    const message = `step ${id}: ${ended.message}`;
    if (action.kind === 'probe' && measured?.outcome === 'Failed')
      return { verdict: 'Failed', reason: 'ProbeFailed', message };
    return { verdict: 'Error', reason: 'StepFailed', message };
  }
  return null;
}

/** Where it is not started again, there is nothing left to have faults. */
function commandGone({ restarts }: Plan, run: Run, observed: Observed): Stop | null {
  if (run.commandEnded === null || observed.pids.command !== null) return null;
  const { code, pid } = run.commandEnded;
  if (restarts && code !== 0) return null;
  if ([...run.steps.values()].some((step) => step.pid === pid)) return null;
  return code === 0
    ? {
        verdict: 'Inconclusive',
        reason: 'CommandEnded',
        message: 'the command ended by itself before the steps were through',
      }
    : {
        verdict: 'Failed',
        reason: 'CommandFailed',
        message: `the command ended with exit code ${code} before the steps were through`,
      };
}

function after(plan: Plan, run: Run, observed: Observed, nowMs: number): Decision {
  if (run.stop || run.faultsLeft.length > 0) return enter('finally');
  const sinceMs = run.phaseBeganAtMs;
  if (!run.recovered.has('faults-off'))
    return untilOff(run, observed, nowMs) ?? recovered('faults-off', nowMs - sinceMs);
  const stop = abortOf(plan, run, 'after');
  if (stop) return stopped(stop);
  const lateMs = recoveryEndsAt(plan, run);
  if (run.recovered.has('stable') || nowMs >= lateMs || !isWatched(plan)) return enter('finally');
  const part = (name: RecoveryPart, atMs: number | null): Decision =>
    atMs === null || run.recovered.has(name) ? nothing : recovered(name, Math.max(0, atMs - sinceMs));
  return together([
    ...shown(plan, observed, run).map((name) => part(name, nowMs)),
    part('connections', connectedAt(plan, run)),
    part('replication', caughtUpAt(plan, run)),
    part('stable', wellSince(plan, run)),
    measurements(plan, run, observed, nowMs),
    wakeAt(Math.min(lateMs, nowMs + limits.lookMs)),
  ]);
}

const recovered = (part: RecoveryPart, tookMs: number): Decision =>
  record({ type: 'recovered', part, tookMs });

function atLast(plan: Plan, run: Run, observed: Observed, nowMs: number): Decision {
  if (run.judgement) return enter('over');
  const { steps, timeLimitMs } = plan.finally;
  // From now on targets stay who they are.
  const moment: Moment = { run, observed, nowMs, follows: new Set() };
  const waiting =
    untilOff(run, observed, nowMs) ?? untilCrashed(plan, moment) ?? untilRead(plan, run, observed, nowMs);
  if (waiting) return waiting;
  const lateMs = run.phaseBeganAtMs + limits.faultsOffMs + dataMs(plan, run) + timeLimitMs;
  if (haveEnded(steps, run) || nowMs >= lateMs) return record({ type: 'judged', ...judge(plan, run) });
  return together([stepMoves(steps, moment), wakeAt(lateMs)]);
}

/** Killed once more, where the file asks for it and the ledger will be read back. Each step has a bound of its own. */
function untilCrashed({ crash }: Plan, moment: Moment): Decision | null {
  const { run } = moment;
  if (!isReadBack(run) || run.ledger?.read || haveEnded(crash, run)) return null;
  // What one could not do makes the next meaningless.
  const hasFailed = crash.some(({ id }) => run.steps.get(id)?.ended?.outcome === 'failed');
  return hasFailed ? null : stepMoves(crash, moment);
}

/** The data is asked for while everything still runs; not where somebody wants the end now. */
function untilRead(plan: Plan, run: Run, { underway }: Observed, nowMs: number): Decision | null {
  const key = 'read-ledger-back';
  if (!isReadBack(run) || run.ledger?.read) return null;
  const lateMs = run.phaseBeganAtMs + limits.faultsOffMs + dataMs(plan, run);
  if (nowMs >= lateMs)
    return record({ type: 'ledger-unread', message: 'the ledger was not read back in time' });
  return together([underway.has(key) ? nothing : make({ kind: key, key }), wakeAt(lateMs)]);
}

const isReadBack = ({ ledger, stop }: Run): boolean => ledger !== null && stop?.reason !== 'Asked';

const dataMs = ({ crash }: Plan, run: Run): number =>
  isReadBack(run) ? limits.readBackMs + (crash.length === 0 ? 0 : limits.crashMs) : 0;
