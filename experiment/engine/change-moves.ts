/**
 * A step that changes something which is no fault: a pod, a workload, a node.
 *
 *     looked at ─► change-planned, with how it was ─► made ─► change-made ─ its time ─► taken back ─► change-taken-back
 *
 * What is changed, and how it was, is written down before anything is done, so that whoever follows can take it back.
 */
import type { ChangeAction } from '../file/planned-steps.js';
import { limits } from './limits.js';
import {
  type Decision,
  type Moment,
  type Move,
  make,
  nothing,
  type Observed,
  together,
  wakeAt,
} from './moves.js';
import type { ChangeRun, Run, StepRun } from './run.js';
import { done, failed } from './step-end.js';

export function ofChange(
  id: string,
  action: ChangeAction,
  { beganAtMs }: StepRun,
  { run, observed, nowMs }: Moment,
): Decision {
  const endsAtMs = action.forMs === null ? null : beganAtMs + action.forMs;
  const own = [...run.changes].filter(([, { step }]) => step === id);
  const plan = `plan ${id}`;
  if (own.length === 0)
    return observed.underway.has(plan)
      ? nothing
      : make({ kind: 'plan-change', key: plan, step: id, action, endsAtMs });
  const unmade = own.filter(([, { madeAtMs }]) => madeAtMs === null);
  if (unmade.length > 0 && (endsAtMs === null || nowMs < endsAtMs))
    return together([
      ...unmade.map(([change]) => once({ kind: 'change', key: `change ${change}`, change }, observed)),
      endsAtMs === null ? nothing : wakeAt(endsAtMs),
    ]);
  if (endsAtMs === null) return done(id, saysOf(own));
  if (nowMs < endsAtMs) return wakeAt(endsAtMs);
  if (own.every(([, { isTakenBack }]) => isTakenBack))
    return unmade.length > 0
      ? failed(id, `${saysOf(unmade)} could not be changed before the end of the step`)
      : done(id, `${saysOf(own)}, and back`);
  return together([takeBack(own, observed), wakeAt(nowMs + limits.lookMs)]);
}

/** Those that are to be taken back, now that their step has ended or the run goes to its end. */
export const takeBackOf = (run: Run, observed: Observed, isToEnd: boolean): Decision =>
  takeBack(
    [...run.changes].filter(([, { step }]) => isToEnd || run.steps.get(step)?.ended),
    observed,
  );

/** Those that nobody has taken back. */
export const changesOn = ({ changes }: Run): readonly string[] =>
  [...changes].filter(isToTakeBack).map(([change]) => change);

type Known = readonly [string, ChangeRun];

const isToTakeBack = ([, { endsAtMs, isTakenBack }]: Known): boolean => endsAtMs !== null && !isTakenBack;

/** Not while it is still being made: what comes last would stay. */
const takeBack = (changes: readonly Known[], observed: Observed): Decision =>
  together(
    changes
      .filter(isToTakeBack)
      .filter(([change]) => !observed.underway.has(`change ${change}`))
      .map(([change]) => once({ kind: 'take-back', key: `take back ${change}`, change }, observed)),
  );

const once = (move: Move, { underway }: Observed): Decision =>
  underway.has(move.key) ? nothing : make(move);

const saysOf = (changes: readonly Known[]): string =>
  changes
    .map(
      ([
        ,
        {
          subject: { kind, name },
        },
      ]) => `${kind} ${name}`,
    )
    .join(', ');
