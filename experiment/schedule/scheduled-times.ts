/**
 * When a schedule starts runs: the times of its cron in its zone, without dates and hours that are left out.
 *
 * Clocks are set forward: a time that they skip does not come, as in a CronJob. They are set back: a time that comes twice is
 * taken the first time alone, unless the cron says every hour. (A CronJob would start twice.)
 */
import { isExcluded } from './excluded-dates.js';
import type { ScheduleSpec } from './schedule.js';
import { dayEndMs, isRepeated, localDate, nextShownMs } from './wall-time.js';
import { isWithin, nextWindowMs } from './windows.js';

export type TimesSpec = Pick<ScheduleSpec, 'schedule' | 'timeZone' | 'excludedDates' | 'allowedWindows'>;

/** A leap day comes after eight years at most. */
const horizonMs = 9 * 366 * 24 * 3_600_000;
/** To look for the next window costs more than to look at some times that are outside of one. */
const triesBeforeWindow = 60;

/** The first one after `afterMs`; null: none comes within nine years. */
export function nextScheduledMs(times: TimesSpec, afterMs: number): number | null {
  const { schedule, timeZone, excludedDates, allowedWindows } = times;
  const lastMs = afterMs + horizonMs;
  for (let [fromMs, outside] = [afterMs, 0]; ; ) {
    const atMs = nextShownMs(timeZone, fromMs, schedule.next);
    if (atMs === null || atMs > lastMs) return null;
    fromMs = atMs;
    if (!schedule.isEveryHour && isRepeated(timeZone, atMs)) continue;
    if (isAllowed(times, atMs)) return atMs;
    if (isExcluded(excludedDates, localDate(timeZone, atMs))) {
      fromMs = dayEndMs(timeZone, atMs) - 1;
      continue;
    }
    outside += 1;
    if (outside % triesBeforeWindow !== 0) continue;
    const windowMs = nextWindowMs(allowedWindows, atMs);
    if (windowMs === null) return null;
    fromMs = windowMs - 1;
  }
}

/** Whether a run may be started then, be it late or not. */
export const isAllowed = ({ timeZone, excludedDates, allowedWindows }: TimesSpec, atMs: number): boolean =>
  !(excludedDates.length > 0 && isExcluded(excludedDates, localDate(timeZone, atMs))) &&
  (allowedWindows.length === 0 || isWithin(allowedWindows, atMs));

export interface Past {
  /** Null: none was there. */
  readonly latestMs: number | null;
  /** No more than `mostCounted` are counted. */
  readonly count: number;
}

export const mostCounted = 100;

/** Of those after `sinceMs`, until `nowMs`. Years that nobody looked at cost no more than a day. */
export function pastScheduled(times: TimesSpec, sinceMs: number, nowMs: number): Past {
  let [latestMs, count]: [number | null, number] = [null, 0];
  for (let atMs = nextScheduledMs(times, sinceMs); atMs !== null && atMs <= nowMs; count += 1) {
    if (count === mostCounted) return { latestMs: latestOf(times, nowMs), count };
    latestMs = atMs;
    atMs = nextScheduledMs(times, atMs);
  }
  return { latestMs, count };
}

/** There is one; it is looked for further and further back. */
function latestOf(times: TimesSpec, nowMs: number): number | null {
  for (let backMs = 60_000; ; backMs *= 2) {
    let latestMs: number | null = null;
    const sinceMs = nowMs - backMs;
    for (let atMs = nextScheduledMs(times, sinceMs); atMs !== null && atMs <= nowMs; ) {
      latestMs = atMs;
      atMs = nextScheduledMs(times, atMs);
    }
    if (latestMs !== null || backMs > horizonMs) return latestMs;
  }
}
