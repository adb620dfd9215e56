/** A schedule as an object of Kubernetes has it, or everything that is wrong with it, its experiment included. */
import { type FieldProblem, fieldName, readValueBySchema } from '../../core/read-value-by-schema.js';
import { apiVersion, kind } from '../file/experiment.js';
import { problemsWithin } from '../file/read-experiment.js';
import { type Schedule, scheduleSchema } from './schedule.js';
import { nextScheduledMs } from './scheduled-times.js';

export type ScheduleReading =
  | { readonly kind: 'schedule'; readonly schedule: Schedule }
  | { readonly kind: 'problems'; readonly problems: readonly FieldProblem[] };

/** Never throws, whatever the value. Each message begins with the name of its field. */
export function readScheduleValue(value: unknown): ScheduleReading {
  const reading = readValueBySchema(value, { schema: scheduleSchema, whole: 'the schedule' });
  if (reading.kind === 'problems') return reading;
  const { value: schedule } = reading;
  const problems = problemsOfSchedule(schedule).map(({ path, message }) => ({
    path,
    message: `${fieldName(path)}: ${message}`,
  }));
  return problems.length === 0 ? { kind: 'schedule', schedule } : { kind: 'problems', problems };
}

/** What only its parts together have wrong. */
export const problemsOfSchedule = (schedule: Schedule): readonly FieldProblem[] => [
  ...ofTimes(schedule),
  ...ofTemplate(schedule),
];

/** Told by any time: what never comes does not depend on it. */
const ofTimes = ({ spec }: Schedule): readonly FieldProblem[] =>
  nextScheduledMs(spec, Date.UTC(2027, 0)) === null
    ? [
        {
          path: ['spec', 'schedule'],
          message: `no time of ${JSON.stringify(spec.schedule.text)} is left by excludedDates and allowedWindows; expected one that is within`,
        },
      ]
    : [];

const inTemplate = ['spec', 'template'] as const;

/** Everything that its experiment would be refused for. */
function ofTemplate({ metadata, spec: { template } }: Schedule): readonly FieldProblem[] {
  const { spec } = template;
  const field = (name: string, message: string): FieldProblem => ({
    path: [...inTemplate, 'spec', name],
    message,
  });
  const own = problemsWithin({ apiVersion, kind, metadata: { name: metadata.name }, spec });
  return [
    ...own.map(({ path, message }) => ({ path: [...inTemplate, ...path], message })),
    ...(spec.targets.length === 0
      ? [field('targets', 'names no pods of a cluster; expected those that runs are about')]
      : []),
    ...(spec.local ? [field('local', 'is of `havock8s run` on one machine; expected targets')] : []),
    ...(spec.paused ? [field('paused', 'would have every run wait; expected spec.paused')] : []),
    ...(spec.stop ? [field('stop', 'would end every run as it begins; expected spec.paused')] : []),
  ];
}
