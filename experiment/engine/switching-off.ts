/** Everything that a run has switched on goes off again, and the world is asked whether it is. */
import { changesOn, takeBackOf } from './change-moves.js';
import { disarm } from './fault-moves.js';
import { limits } from './limits.js';
import { type Decision, nothing, type Observed, record, together, wakeAt } from './moves.js';
import type { FaultRun, Run } from './run.js';

/**
 * What there is to do until the world says that every fault is off, and every change is taken back; null: so it is, or it
 * took too long and that is known.
 */
export function untilOff(run: Run, { faults }: Observed, nowMs: number): Decision | null {
  const armed = [...run.faults].filter(([fault]) => isMaybeArmed(faults, fault));
  const changes = changesOn(run);
  const isLate = nowMs >= latestOff(run, armed);
  const left = run.faultsLeft.length === 0 ? armed.map(([fault]) => fault) : [];
  const isAsked = [...run.faults.keys()].some((fault) => faults?.get(fault)?.isAsked);
  const leftChanges = run.changesLeft.length === 0 ? changes : [];
  if (left.length === 0 && leftChanges.length === 0 && (isLate || !isAsked)) return null;
  if (!isLate) return wakeAt(nowMs + limits.lookMs);
  return record(
    ...(left.length > 0 ? [{ type: 'faults-left' as const, faults: left }] : []),
    ...(leftChanges.length > 0 ? [{ type: 'changes-left' as const, changes: leftChanges }] : []),
  );
}

const isMaybeArmed = (faults: Observed['faults'], fault: string): boolean =>
  faults === null || faults.get(fault) === null || faults.get(fault)?.isArmed === true;

/** A pod that nobody can ask has its fault until the end that its sentence says. */
const latestOff = ({ phaseBeganAtMs }: Run, armed: readonly (readonly [string, FaultRun])[]): number =>
  Math.max(
    phaseBeganAtMs + limits.faultsOffMs,
    ...armed.flatMap(([, { place, endsAtMs }]) =>
      place === null || endsAtMs === null ? [] : [endsAtMs + limits.overdueMs],
    ),
  );

/** Whatever is on of a step that has ended, or of a run that goes to its end, goes off. */
export function switchOff(run: Run, observed: Observed): Decision {
  const isToEnd = run.phase !== 'before' && run.phase !== 'during';
  return together([
    takeBackOf(run, observed, isToEnd),
    ...[...run.faults].map(([fault, known]) => {
      const step = run.steps.get(known.step);
      const isOurs = isToEnd || step?.ended;
      const wasSeenOff = step?.ended?.outcome === 'done';
      const isToGo =
        observed.faults === null
          ? !wasSeenOff
          : isMaybeArmed(observed.faults, fault) || observed.faults.get(fault)?.isAsked;
      return isOurs && isToGo && !observed.underway.has(`disarm ${fault}`) ? disarm(fault, known) : nothing;
    }),
  ]);
}
