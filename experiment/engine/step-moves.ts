/** One step after another: which begins, what is to be done for one that has begun, and when it has ended. */
import { assertNever } from '../../core/assert-never.js';
import type { Action, PlannedStep } from '../file/planned-steps.js';
import { ofChange } from './change-moves.js';
import { ofFault } from './fault-moves.js';
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
import type { Run, StepRun } from './run.js';
import { done, ended, failed } from './step-end.js';

export const stepMoves = (steps: readonly PlannedStep[], moment: Moment): Decision =>
  together(steps.map((step) => movesOf(step, moment)));

export const haveEnded = (steps: readonly PlannedStep[], run: Run): boolean =>
  steps.every(({ id }) => run.steps.get(id)?.ended);

function movesOf(step: PlannedStep, moment: Moment): Decision {
  const state = moment.run.steps.get(step.id);
  if (state?.ended) return nothing;
  if (state === undefined) return begins(step, moment);
  const limitMs = state.beganAtMs + (step.timeLimitMs ?? Number.POSITIVE_INFINITY);
  if (moment.nowMs >= limitMs) return failed(step.id, `it did not end within ${step.timeLimitMs} ms`);
  return together([going(step, state, moment), wakeAt(limitMs)]);
}

function begins(step: PlannedStep, { run, observed }: Moment): Decision {
  if (!step.after.every((id) => run.steps.get(id)?.ended)) return nothing;
  // What puts things back is not kept waiting.
  if (run.phase === 'during' && observed.cluster?.isPaused) return nothing;
  const { action, id } = step;
  if (action.kind !== 'kill') return record({ type: 'step-began', step: id });
  const pid = observed.pids[action.process];
  return pid === null
    ? record(
        { type: 'step-began', step: id },
        ended(id, 'failed', `no ${action.process} runs that could be killed`),
      )
    : record({ type: 'step-began', step: id, pid });
}

function going(step: PlannedStep, state: StepRun, moment: Moment): Decision {
  const { action, id } = step;
  switch (action.kind) {
    case 'fault':
      return ofFault(id, action, state, moment);
    case 'kill':
      return ofKill(id, action, state, moment);
    case 'wait':
      return moment.nowMs >= state.beganAtMs + action.forMs
        ? done(id, '')
        : wakeAt(state.beganAtMs + action.forMs);
    case 'until':
      return ofUntil(id, action, state, moment);
    case 'probe':
      return ofProbe(id, action, state, moment);
    case 'change':
      return ofChange(id, action, state, moment);
    default:
      return assertNever(action);
  }
}

/** Signals after which a process is expected to be gone; the others only have to be sent. */
const ending: ReadonlySet<string> = new Set(['KILL', 'TERM', 'QUIT', 'INT']);

/**
 * Gone is the process with this pid: whatever took its place is another. A fault proxy is followed by one that the sidecar
 * itself starts: the next step finds it.
 */
function ofKill(
  id: string,
  { process, signal }: Extract<Action, { kind: 'kill' }>,
  state: StepRun,
  moment: Moment,
): Decision {
  const { observed, nowMs, run } = moment;
  const { pid, isSignalled, beganAtMs } = state;
  const key = `kill ${id}`;
  if (observed.underway.has(key) || pid === null) return nothing;
  if (!isSignalled) return make({ kind: 'kill', key, step: id, pid, signal });
  if (!ending.has(signal)) return done(id, `pid ${pid} got SIG${signal}`);
  const next = observed.pids[process];
  const isGone = next !== pid || run.commandEnded?.pid === pid;
  if (isGone && process === 'command') return done(id, `pid ${pid} is gone`);
  if (isGone && next !== null && observed.faults !== null)
    return done(id, `pid ${pid} is gone, and pid ${next} serves`);
  const lateMs = beganAtMs + limits.goneMs;
  return nowMs < lateMs
    ? wakeAt(nowMs + limits.lookMs)
    : failed(id, isGone ? `nobody took the place of pid ${pid}` : `pid ${pid} did not end by SIG${signal}`);
}

function ofUntil(
  id: string,
  { condition }: Extract<Action, { kind: 'until' }>,
  { beganAtMs }: StepRun,
  moment: Moment,
): Decision {
  const answer = condition.holds(valuesOf(moment, beganAtMs));
  return answer === 'yes' ? done(id, condition.text) : wakeAt(moment.nowMs + limits.lookMs);
}

/**
 * What `wait: {until: ...}` may ask of the run: see `runVariables`. A probe has no value before it was asked since then:
 * what it said earlier is of another state of things.
 */
function valuesOf({ run, observed, nowMs }: Moment, sinceMs: number): Readonly<Record<string, unknown>> {
  const { before, during, after } = run.tallies;
  const tallies = [...before, ...during, ...after].filter(
    ([name]) => (run.askedAtMs.get(name) ?? 0) >= sinceMs,
  );
  return {
    elapsed: nowMs / 1000,
    probes: Object.fromEntries(
      tallies.map(([name, { last }]) => [
        name,
        { successful: last.outcome === 'Successful', latency: last.tookMs },
      ]),
    ),
    faults: Object.fromEntries(
      [...run.faults.values()].map(({ step }) => [step, faultValues(step, run, observed)]),
    ),
    command: { running: observed.pids.command !== null },
  };
}

/** A fault is called by its step, in however many pods it is. */
function faultValues(step: string, { faults }: Run, observed: Observed): Readonly<Record<string, unknown>> {
  const seen = [...faults].flatMap(([fault, known]) =>
    known.step === step ? [observed.faults?.get(fault) ?? null] : [],
  );
  return {
    armed: seen.some((one) => one?.isArmed),
    matched: seen.reduce((sum, one) => sum + (one?.matched ?? 0), 0),
    injected: seen.reduce((sum, one) => sum + (one?.injected ?? 0), 0),
  };
}

function ofProbe(
  id: string,
  { question }: Extract<Action, { kind: 'probe' }>,
  { measured }: StepRun,
  { observed }: Moment,
): Decision {
  const key = `ask ${id}`;
  if (measured === null)
    return observed.underway.has(key) ? nothing : make({ kind: 'ask', key, step: id, question });
  const { outcome, seen } = measured;
  return outcome === 'Successful'
    ? done(id, seen)
    : failed(id, `${outcome}: ${seen}; expected: ${question.says}`);
}
