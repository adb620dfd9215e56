/** The status of a schedule: what is known of its runs, and what is wrong with it. Pure. */
import { createHash } from 'node:crypto';
import {
  type ScheduleConditionType,
  type ScheduleStatus,
  scheduleStatusLimits,
} from '../experiment/crd/schedule-status.js';
import type { ScheduleSpec } from '../experiment/schedule/schedule.js';
import { type ExperimentObject, isThrough } from './experiment-object.js';
import { type ScheduleObject, scheduledMs, timeText } from './schedule-object.js';

export interface Said {
  readonly type: ScheduleConditionType;
  readonly isTrue: boolean;
  readonly reason: string;
  readonly message: string;
}

export interface ScheduleFacts {
  readonly object: ScheduleObject;
  readonly runs: readonly ExperimentObject[];
  readonly wallMs: number;
  /** Null: the spec is not sound. */
  readonly times: string | null;
  readonly sinceMs: number;
  readonly lastMs: number | null;
  readonly lastRun: string | undefined;
  readonly nextMs: number | null;
  /** Conditions that are not named stay as they are. */
  readonly said: readonly Said[];
}

export function scheduleStatusOf(facts: ScheduleFacts): ScheduleStatus {
  const { object, runs, times, sinceMs, lastMs, lastRun, nextMs } = facts;
  const before = object.status ?? {};
  const lastVerdict = verdictOf(runs) ?? before.lastVerdict;
  const active = activeOf(runs).map(({ metadata }) => metadata.name);
  return {
    observedGeneration: object.metadata.generation ?? 0,
    ...(times === null
      ? { ...(before.times && { times: before.times }), ...(before.since && { since: before.since }) }
      : { times, since: timeText(sinceMs) }),
    ...(lastMs !== null && { lastScheduleTime: timeText(lastMs) }),
    ...(lastRun !== undefined && { lastRun }),
    ...(lastVerdict && { lastVerdict }),
    ...(nextMs !== null && { next: timeText(nextMs) }),
    active: active.slice(0, scheduleStatusLimits.active),
    conditions: conditionsOf(facts),
  };
}

/** Which times a spec has: another text where they differ. */
export const timesOf = ({ schedule, timeZone, excludedDates, allowedWindows }: ScheduleSpec): string =>
  createHash('sha256')
    .update(JSON.stringify([schedule.text, timeZone, excludedDates.map(({ text }) => text), allowedWindows]))
    .digest('hex')
    .slice(0, 16);

export const activeOf = (runs: readonly ExperimentObject[]): readonly ExperimentObject[] =>
  runs.filter((run) => !isThrough(run)).toSorted((one, other) => scheduledMs(one) - scheduledMs(other));

function verdictOf(runs: readonly ExperimentObject[]): ScheduleStatus['lastVerdict'] {
  const over = runs.filter(({ status }) => status?.verdict !== undefined);
  return over.toSorted((one, other) => scheduledMs(other) - scheduledMs(one))[0]?.status?.verdict;
}

function conditionsOf({ object, said, wallMs }: ScheduleFacts): NonNullable<ScheduleStatus['conditions']> {
  const before = object.status?.conditions ?? [];
  const now = said.map(({ type, isTrue, reason, message }) => {
    const status = isTrue ? ('True' as const) : ('False' as const);
    const known = before.find((one) => one.type === type);
    return {
      ...{ type, status, reason, message: message.slice(0, scheduleStatusLimits.message) },
      observedGeneration: object.metadata.generation ?? 0,
      lastTransitionTime: known?.status === status ? known.lastTransitionTime : timeText(wallMs),
    };
  });
  const stays = before.filter(({ type }) => !now.some((one) => one.type === type));
  return [...now, ...stays].toSorted((one, other) => (one.type < other.type ? -1 : 1));
}
