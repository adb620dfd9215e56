/**
 * One schedule, looked at once: what is due is started, what is too old is deleted, and what changed is told. It follows from
 * the objects alone, so that whoever looks next, or looks again, does nothing twice.
 *
 *     schedule, its runs ─ dueRuns ─► a run is created ─► status ─► history
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.js';
import { hasCode, messageOf } from '../core/havoc-error.js';
import { type DueRuns, dueRuns } from '../experiment/schedule/due-runs.js';
import type { ScheduleReading } from '../experiment/schedule/read-schedule-value.js';
import type { ScheduleSpec } from '../experiment/schedule/schedule.js';
import type { KubeApi } from '../kube/kube-api.js';
import { resources } from '../kube/resources.js';
import type { Told } from './event-object.js';
import { type ExperimentObject, isThrough, targetOf } from './experiment-object.js';
import {
  isRunOf,
  newRunOf,
  runName,
  type ScheduleObject,
  scheduledMs,
  scheduleLabel,
  scheduleTarget,
  timeText,
} from './schedule-object.js';
import { activeOf, type Said, type ScheduleFacts, scheduleStatusOf, timesOf } from './schedule-status.js';

export interface KeepScheduleOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** What the watches know. */
  readonly object: ScheduleObject;
  readonly runs: readonly ExperimentObject[];
  readonly reading: ScheduleReading;
  readonly tell: (told: Told) => void;
}

export interface KeptSchedule {
  /** As it is stored now. */
  readonly object: ScheduleObject;
  /** When it is to be looked at again, though nothing changes; null: never. */
  readonly wakeMs: number | null;
}

/** What waits for a window is looked at again after this. */
const waitMs = 30_000;
const accepted: Said = { type: 'Accepted', isTrue: true, reason: 'Sound', message: '' };

export async function keepSchedule(options: KeepScheduleOptions): Promise<KeptSchedule> {
  const { object, reading, clock, tell } = options;
  if (reading.kind === 'problems') {
    const message = reading.problems.map((problem) => problem.message).join('; ');
    tell({ reason: 'Invalid', message, isWarning: true });
    const said: Said = { type: 'Accepted', isTrue: false, reason: 'Invalid', message };
    return { object: await writeStatus(options, { times: null, nextMs: null, said: [said] }), wakeMs: null };
  }
  const { spec } = reading.schedule;
  const due = lookAt(options, spec);
  if (due.missedMs !== null) tell(missed(due));
  if (due.waitsFor === 'runs' && spec.concurrencyPolicy === 'Replace') await stopActive(options);
  const said = due.startMs === null ? [] : await start(options, spec, due.startMs);
  // What it rested on has changed meanwhile: it is looked at again.
  if (said === null) return { object, wakeMs: clock.wallMs() };
  const startedMs = said.length > 0 ? due.startMs : null;
  const stored = await writeStatus(options, {
    ...{ times: timesOf(spec), nextMs: due.nextMs, said: [accepted, ...said] },
    ...(startedMs !== null && { startedMs }),
  });
  await deleteSurplus(options, spec, Date.parse(stored.status?.lastScheduleTime ?? '') || 0);
  return { object: stored, wakeMs: due.waitsFor === 'window' ? clock.wallMs() + waitMs : due.nextMs };
}

const missed = ({ missedMs, missed: count }: DueRuns): Told => ({
  reason: 'Missed',
  message: `no run was started for ${timeText(missedMs ?? 0)}, and spec.startingDeadline is over${count > 1 ? `; ${count} times were missed` : ''}`,
  isWarning: true,
});

function lookAt({ object, runs, clock }: KeepScheduleOptions, spec: ScheduleSpec): DueRuns {
  const nowMs = clock.wallMs();
  const known = {
    sinceMs: sinceOf(object, timesOf(spec), nowMs),
    ...{ lastMs: lastMsOf(object, runs), active: activeOf(runs).length },
  };
  return dueRuns(spec, known, nowMs);
}

/** Where its times were changed, those that it would have had before are nobody's. */
function sinceOf({ metadata, status }: ScheduleObject, times: string, nowMs: number): number {
  if (status?.times !== undefined && status.times !== times) return nowMs;
  return Date.parse(status?.since ?? metadata.creationTimestamp ?? '') || nowMs;
}

function lastMsOf({ status }: ScheduleObject, runs: readonly ExperimentObject[]): number | null {
  const lastMs = Math.max(Date.parse(status?.lastScheduleTime ?? '') || 0, ...runs.map(scheduledMs));
  return lastMs === 0 ? null : lastMs;
}

/** What came of it; null: something else is known now. A time that was refused is not tried again. */
async function start(
  options: KeepScheduleOptions,
  spec: ScheduleSpec,
  startMs: number,
): Promise<readonly Said[] | null> {
  const { api, object, tell } = options;
  if (!(await isStillDue(options, spec, startMs))) return null;
  const name = runName(object.metadata.name, startMs);
  const namespace = object.metadata.namespace ?? '';
  const refuse = (reason: string, message: string): readonly Said[] => {
    tell({ reason, message, isWarning: true });
    return [{ type: 'Started', isTrue: false, reason, message }];
  };
  try {
    await api.create({ resource: resources.experiments, namespace }, newRunOf(object, startMs));
  } catch (error) {
    if (hasCode(error, 'kube.invalid', 'kube.forbidden'))
      return refuse('Refused', `no run was started for ${timeText(startMs)}: ${messageOf(error)}`);
    if (!hasCode(error, 'kube.exists')) throw error;
    const there = await api.get<ExperimentObject>({ resource: resources.experiments, namespace, name });
    if (there !== null && !isRunOf(object, there))
      return refuse(
        'NameTaken',
        `no run was started for ${timeText(startMs)}: another Experiment is called ${name}`,
      );
  }
  tell({ reason: 'RunStarted', message: name });
  return [{ type: 'Started', isTrue: true, reason: 'RunStarted', message: name }];
}

/** The watches may be behind: what is started is asked of the API server itself. */
async function isStillDue(
  options: KeepScheduleOptions,
  spec: ScheduleSpec,
  startMs: number,
): Promise<boolean> {
  const { api, object } = options;
  const { uid, generation, name, namespace = '' } = object.metadata;
  const now = await api.get<ScheduleObject>(scheduleTarget(object));
  if (now === null || now.metadata.uid !== uid || now.metadata.generation !== generation) return false;
  if (now.metadata.deletionTimestamp !== undefined) return false;
  const labelSelector = `${scheduleLabel}=${name}`;
  const { items } = await api.list<ExperimentObject>({
    resource: resources.experiments,
    namespace,
    labelSelector,
  });
  const runs = items.filter((run) => isRunOf(object, run));
  return lookAt({ ...options, object: now, runs }, spec).startMs === startMs;
}

async function stopActive({ api, runs, tell }: KeepScheduleOptions): Promise<void> {
  for (const run of activeOf(runs)) {
    if (run.spec?.stop !== undefined || run.metadata.deletionTimestamp !== undefined) continue;
    tell({ reason: 'Replaced', message: `${run.metadata.name} is stopped, for the next run is due` });
    const stop = { reason: 'the next run of its schedule is due' };
    try {
      await api.patch(targetOf(run), {
        kind: 'merge',
        body: { metadata: { uid: run.metadata.uid }, spec: { stop } },
      });
    } catch (error) {
      if (!hasCode(error, 'kube.not-found', 'kube.conflict')) throw error;
    }
  }
}

/** Never one that goes on or still holds something, nor one whose time is not written yet: it would be started again. */
async function deleteSurplus(
  { api, runs }: KeepScheduleOptions,
  { successfulRunsHistoryLimit, failedRunsHistoryLimit }: ScheduleSpec,
  writtenMs: number,
): Promise<void> {
  const over = runs
    .filter((run) => isThrough(run) && run.metadata.deletionTimestamp === undefined)
    .toSorted((one, other) => scheduledMs(other) - scheduledMs(one));
  const passed = over.filter(({ status }) => status?.verdict === 'Passed');
  const others = over.filter(({ status }) => status?.verdict !== 'Passed');
  const surplus = [...passed.slice(successfulRunsHistoryLimit), ...others.slice(failedRunsHistoryLimit)];
  for (const run of surplus.filter((one) => scheduledMs(one) <= writtenMs)) {
    try {
      await api.remove(targetOf(run), { uid: run.metadata.uid ?? '' });
    } catch (error) {
      if (!hasCode(error, 'kube.conflict')) throw error;
    }
  }
}

type Changed = Pick<ScheduleFacts, 'times' | 'nextMs' | 'said'> & { readonly startedMs?: number };

/** Only where it differs from what is stored. */
async function writeStatus(
  { api, clock, object, runs }: KeepScheduleOptions,
  { startedMs, ...changed }: Changed,
): Promise<ScheduleObject> {
  const wallMs = clock.wallMs();
  const lastMs = startedMs ?? lastMsOf(object, runs);
  const status = scheduleStatusOf({
    ...{ object, runs, wallMs, lastMs, ...changed },
    lastRun: lastMs === null ? undefined : runName(object.metadata.name, lastMs),
    sinceMs: sinceOf(object, changed.times ?? '', wallMs),
  });
  const before: Readonly<Record<string, unknown>> = { ...object.status };
  const after: Readonly<Record<string, unknown>> = { ...status };
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differs = fields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  if (differs.length === 0) return object;
  const body = {
    metadata: { uid: object.metadata.uid },
    status: Object.fromEntries(differs.map((field) => [field, after[field] ?? null])),
  };
  const target = { ...scheduleTarget(object), subresource: 'status' };
  return await api.patch<ScheduleObject>(target, { kind: 'merge', body });
}
