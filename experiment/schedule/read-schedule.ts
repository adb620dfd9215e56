/** The text of a schedule: what it says, or every problem that it has, its experiment included, each with its line and column. */
import { type PlacedProblem, readBySchema } from '../../core/read-by-schema.js';
import { problemsOfSchedule } from './read-schedule-value.js';
import { type Schedule, scheduleSchema } from './schedule.js';

export type ScheduleFileReading =
  | { readonly kind: 'schedule'; readonly schedule: Schedule }
  | { readonly kind: 'problems'; readonly problems: readonly PlacedProblem[] };

/** Never throws, whatever the text. */
export function readSchedule(text: string): ScheduleFileReading {
  const reading = readBySchema(text, { schema: scheduleSchema, whole: 'the schedule' });
  if (reading.kind === 'problems') return reading;
  const { value: schedule, placeOf } = reading;
  const problems = problemsOfSchedule(schedule).map(({ path, message }) => ({ ...placeOf(path), message }));
  return problems.length === 0 ? { kind: 'schedule', schedule } : { kind: 'problems', problems };
}
