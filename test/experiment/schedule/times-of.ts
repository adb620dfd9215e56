/** A schedule in a few words, for tests. */
import { readScheduleValue, type ScheduleReading } from '../../../experiment/schedule/read-schedule-value.js';
import type { ScheduleSpec } from '../../../experiment/schedule/schedule.js';

export const template = {
  spec: {
    targets: [{ name: 'db', workload: { kind: 'StatefulSet', name: 'db' } }],
    steps: [{ name: 'slow', fault: 'disk latency 10ms on fsync for 10s' }],
  },
};

export const scheduleOf = (spec: object, name = 'nightly') => ({
  apiVersion: 'havock8s.io/v1alpha1',
  kind: 'ExperimentSchedule',
  metadata: { name },
  spec: { schedule: '0 3 * * *', template, ...spec },
});

export const readingOf = (spec: object): ScheduleReading => readScheduleValue(scheduleOf(spec));

export function specOf(spec: object): ScheduleSpec {
  const reading = readingOf(spec);
  if (reading.kind === 'problems') throw new Error(reading.problems.map(({ message }) => message).join('; '));
  return reading.schedule.spec;
}
