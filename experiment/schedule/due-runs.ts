/** Whether a schedule starts a run now. Pure: from what it says, what is known of its runs, and the time. */
import type { ScheduleSpec } from './schedule.js';
import { isAllowed, nextScheduledMs, pastScheduled, type TimesSpec } from './scheduled-times.js';

export type DueSpec = TimesSpec & Pick<ScheduleSpec, 'concurrencyPolicy' | 'startingDeadline' | 'paused'>;

export interface KnownRuns {
  /** When it was created, or when its times were last changed: earlier ones are nobody's. */
  readonly sinceMs: number;
  /** The latest time for which a run was started; null: none was. */
  readonly lastMs: number | null;
  /** Runs that go on. */
  readonly active: number;
}

export interface DueRuns {
  /** The time that a run is to be started for; null: none is. Of many that were missed it is the latest. */
  readonly startMs: number | null;
  /** What a run that is due waits for: the end of those that go on, or a time at which it may begin. */
  readonly waitsFor: 'runs' | 'window' | null;
  /** The latest time that passed without a run, for its deadline was over; null: none. */
  readonly missedMs: number | null;
  /** Times that passed without a run of their own; no more than a hundred are counted. */
  readonly missed: number;
  /** When the next one is due; null: never, or it is paused. */
  readonly nextMs: number | null;
}

const dayMs = 86_400_000;

export function dueRuns(spec: DueSpec, known: KnownRuns, nowMs: number): DueRuns {
  const nothing = { startMs: null, waitsFor: null, missedMs: null, missed: 0, nextMs: null };
  if (spec.paused) return nothing;
  const sinceMs = lastLookMs(known, nowMs);
  const { latestMs, count } = pastScheduled(spec, sinceMs, nowMs);
  const due = { ...nothing, nextMs: nextScheduledMs(spec, Math.max(nowMs, sinceMs)) };
  if (latestMs === null) return due;
  const { startingDeadline: deadlineMs = Number.POSITIVE_INFINITY } = spec;
  if (nowMs - latestMs > deadlineMs) return { ...due, missedMs: latestMs, missed: count };
  const missed = count - 1;
  if (!isAllowed(spec, nowMs)) return { ...due, missed, waitsFor: 'window' };
  if (known.active > 0 && spec.concurrencyPolicy !== 'Allow') return { ...due, missed, waitsFor: 'runs' };
  return { ...due, missed, startMs: latestMs };
}

/**
 * Clocks are set back, and a time comes again: it had its run. One that is more than a day ahead was written under a wrong
 * clock, and would keep the schedule from starting anything until then.
 */
function lastLookMs({ sinceMs, lastMs }: KnownRuns, nowMs: number): number {
  const times = [sinceMs, lastMs ?? sinceMs].filter((atMs) => atMs <= nowMs + dayMs);
  return times.length === 0 ? nowMs : Math.max(...times);
}
