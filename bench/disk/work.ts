/** What is measured, in which unit, and what is to be reached. */
import type { Place, Subject } from './place.js';
import type { Size } from './size.js';

export interface Work {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly goals: readonly Goal[];
  /** Once a place, before the first round. */
  prepare?(context: WorkContext): Promise<void>;
  measure(context: WorkContext): Promise<number>;
}

export type Goal =
  /** Ours, idle, is at least this many times as good as `against`. */
  | { readonly kind: 'ratio'; readonly against: Subject; readonly atLeast: number }
  /** Ours, idle, stays under this many of the work's unit. */
  | { readonly kind: 'below'; readonly bound: number };

export interface WorkContext {
  readonly place: Place;
  readonly size: Size;
  readonly signal: AbortSignal;
  /** More of what fio is told, as `--direct=1`. */
  readonly fioArguments?: readonly string[];
}
