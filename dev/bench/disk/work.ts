/** What the disk bench measures, and in what. */
import type { Context, Goal as GoalOf, Work as WorkOf } from '../work.js';
import type { Place, Subject } from './place.js';
import type { Size } from './size.js';

export type Work = WorkOf<WorkContext>;

export type Goal = GoalOf<Subject>;

export interface WorkContext extends Context {
  readonly place: Place;
  readonly size: Size;
  /** More of what fio is told, as `--direct=1`. */
  readonly fioArguments?: readonly string[];
}

/** Ours, with nothing armed, is at least so many times as good. */
export const atLeast = (times: number, against: Subject): Goal => ({
  kind: 'ratio',
  of: ['idle'],
  against,
  atLeast: times,
});
