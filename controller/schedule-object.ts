/** An ExperimentSchedule as an object of Kubernetes, and how its runs are known. */
import type { ScheduleStatus } from '../experiment/crd/schedule-status.js';
import type { KubeObject, Target } from '../kube/kube-object.js';
import { resources } from '../kube/resources.js';
import type { ExperimentObject } from './experiment-object.js';

/** Of a run: the schedule that it is of, and the time. */
export const scheduleLabel = 'havock8s.io/schedule';
export const scheduledAt = 'havock8s.io/scheduled-at';

export interface ScheduleObject extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly generation?: number };
  readonly spec?: {
    readonly template?: {
      readonly metadata?: Pick<KubeObject['metadata'], 'labels' | 'annotations'>;
      readonly spec?: unknown;
    };
  };
  readonly status?: ScheduleStatus;
}

export const scheduleTarget = ({ metadata: { namespace = '', name } }: KubeObject): Target => ({
  resource: resources.experimentSchedules,
  ...{ namespace, name },
});

/** The same run for the same time, whoever starts it again. */
export const runName = (schedule: string, startMs: number): string =>
  `${schedule}-${Math.floor(startMs / 60_000)}`;

/** The key of the schedule that a run of this key would be of. */
export const scheduleKeyOf = (runKey: string): string => runKey.replace(/-\d+$/, '');

export const isRunOf = ({ metadata: { uid } }: ScheduleObject, run: ExperimentObject): boolean =>
  run.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;

/** 0: it is no run of a schedule. */
export const scheduledMs = ({ metadata: { annotations = {} } }: ExperimentObject): number =>
  Date.parse(annotations[scheduledAt] ?? '') || 0;

export interface NewRun extends KubeObject {
  readonly spec: unknown;
}

export function newRunOf(schedule: ScheduleObject, startMs: number): NewRun {
  const { apiVersion = '', kind = '', metadata, spec } = schedule;
  const { labels = {}, annotations = {} } = spec?.template?.metadata ?? {};
  const { name, namespace = '', uid = '' } = metadata;
  return {
    apiVersion: resources.experiments.apiVersion,
    kind: resources.experiments.kind,
    metadata: {
      ...{ name: runName(name, startMs), namespace },
      labels: { ...labels, [scheduleLabel]: name },
      annotations: { ...annotations, [scheduledAt]: timeText(startMs) },
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    },
    spec: spec?.template?.spec,
  };
}

/** Kubernetes has its times to the second. */
export const timeText = (epochMs: number): string => new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
