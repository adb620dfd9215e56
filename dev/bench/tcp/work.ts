/** What the TCP bench measures, and in what. */
import { run } from '../command.js';
import type { Context, Figure as FigureOf, Goal as GoalOf, Work as WorkOf } from '../work.js';
import { within } from './network.js';
import { ours, type Place, type Subject } from './place.js';
import type { Size } from './size.js';

export type Work = WorkOf<WorkContext>;

export type Figure = FigureOf<Subject>;

export type Goal = GoalOf<Subject>;

export interface WorkContext extends Context {
  readonly place: Place;
  readonly size: Size;
}

/** Both modes are at least so many times as good. */
export const atLeast = (times: number, against: Subject): Goal => ({
  kind: 'ratio',
  of: ours,
  against,
  atLeast: times,
});

/** Runs a program where the clients are; resolves to what it wrote. */
export const asClient = (
  { place, signal }: WorkContext,
  program: string,
  ...args: readonly (string | number)[]
): Promise<string> => run(...within(place.network.client, program, ...args.map(String)), { signal });

/** Runs `use` while a fault is armed at the place, if it has any. */
export async function withFault<T>(place: Place, sentence: string, use: () => Promise<T>): Promise<T> {
  const disarm = await place.arm?.(sentence);
  try {
    return await use();
  } finally {
    await disarm?.();
  }
}
