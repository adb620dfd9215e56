/** One step after another: which begins, what is to be done for one that has begun, and when it has ended. */
import { assertNever } from '../../core/assert-never.js';
import { format } from '../../faults/format.js';
import { hitUnitOf } from '../../faults/hit-unit.js';
import type { Action, PlannedStep } from '../file/planned-steps.js';
import type { RunEvent } from '../journal/events.js';
import { limits } from './limits.js';
import {
  type Decision,
  make,
  nothing,
  type Observed,
  type ObservedFault,
  record,
  together,
  wakeAt,
} from './moves.js';
import type { FaultRun, Run, StepRun } from './run.js';

export interface Moment {
  readonly run: Run;
  readonly observed: Observed;
  readonly nowMs: number;
}

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
    default:
      return assertNever(action);
  }
}

type FaultAction = Extract<Action, { kind: 'fault' }>;

/** Asked for in the journal, armed until an absolute end, seen armed, and seen off again, with what it hit. */
function ofFault(id: string, action: FaultAction, state: StepRun, moment: Moment): Decision {
  const { run, observed, nowMs } = moment;
  const { fault } = action;
  const endsAtMs = state.beganAtMs + action.forMs;
  const asked = run.faults.get(fault);
  if (asked === undefined) {
    const epochMs = Math.round(run.startedAtMs + endsAtMs);
    const sentence = format({ ...action.sentence.fault, deadline: { kind: 'until', epochMs } });
    return record({ type: 'fault-asked', step: id, fault, sentence });
  }
  const seen = observed.faults?.get(fault);
  if (seen?.isArmed && nowMs < endsAtMs) {
    const noted = asked.isArmed ? nothing : record({ type: 'fault-armed', fault });
    return together([noted, wakeAt(Math.min(endsAtMs, nowMs + limits.lookMs))]);
  }
  if (seen && !seen.isArmed && (asked.isArmed || nowMs >= endsAtMs)) {
    // On a busy machine a short one is over before anybody looks; what it hit shows that it was on.
    const wasOn = asked.isArmed || seen.injected > 0;
    const noted = wasOn && !asked.isArmed ? record({ type: 'fault-armed', fault }) : nothing;
    const end = nowMs < endsAtMs ? 'early' : wasOn ? 'done' : 'unseen';
    return together([noted, counted(fault, asked, seen), offAgain(id, action, seen, end)]);
  }
  if (nowMs < endsAtMs) {
    const key = `arm ${fault}`;
    const isUnderway = observed.underway.has(key);
    const again = isUnderway ? nothing : make({ kind: 'arm', key, fault, sentence: asked.sentence });
    return together([again, wakeAt(nowMs + limits.lookMs)]);
  }
  if (nowMs < endsAtMs + limits.overdueMs) return wakeAt(nowMs + limits.lookMs);
  if (observed.faults === null) return failed(id, 'nobody could say whether it is off');
  return failed(id, seen ? 'it was still armed after its end' : 'nobody knows of it');
}

const counted = (fault: string, known: FaultRun, { matched, injected }: ObservedFault): Decision =>
  matched === known.matched && injected === known.injected
    ? nothing
    : record({ type: 'fault-counted', fault, matched, injected });

function offAgain(
  id: string,
  action: FaultAction,
  seen: ObservedFault,
  end: 'early' | 'done' | 'unseen',
): Decision {
  if (end === 'done') return done(id, hits(action, seen));
  const what = end === 'early' ? 'it was switched off before its end' : 'it was never seen armed';
  return failed(id, `${what}: ${seen.reason}`);
}

const hits = ({ sentence }: FaultAction, { matched, injected }: ObservedFault): string =>
  `hit ${injected} of ${matched} ${hitUnitOf(sentence.fault)}s`;

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
      [...run.faults.keys()].map((name) => {
        const { isArmed = false, matched = 0, injected = 0 } = observed.faults?.get(name) ?? {};
        return [name, { armed: isArmed, matched, injected }];
      }),
    ),
    command: { running: observed.pids.command !== null },
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

const ended = (step: string, outcome: 'done' | 'failed', message: string): RunEvent => ({
  type: 'step-ended',
  step,
  outcome,
  message,
});

const done = (step: string, message: string): Decision => record(ended(step, 'done', message));
const failed = (step: string, message: string): Decision => record(ended(step, 'failed', message));
