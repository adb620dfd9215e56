/** The status of a schedule: written by the controller when something changes, and read by people and programs. */
import * as z from 'zod';
import { verdicts } from '../verdict.js';
import { conditionSchema, count, objectName, time } from './status.js';

export const scheduleStatusLimits = { active: 16, conditions: 4, message: 8192 } as const;

export const scheduleConditions = ['Accepted', 'Started'] as const;
export type ScheduleConditionType = (typeof scheduleConditions)[number];

export const scheduleStatusSchema = z
  .object({
    observedGeneration: count.optional().describe('The generation of the spec that this status is about.'),
    times: z
      .string()
      .max(64)
      .optional()
      .describe('What the times of the spec come to, as a hash: with other ones `since` begins again.'),
    since: time
      .optional()
      .describe(
        'Times before this are left alone: the schedule was created then, or its times were changed.',
      ),
    lastScheduleTime: time.optional().describe('The latest time for which a run was started.'),
    lastRun: objectName.optional().describe('The run of that time.'),
    lastVerdict: z.enum(verdicts).optional().describe('What the latest run that is over came to.'),
    next: time.optional().describe('When the next run is due. Missing while the schedule is paused.'),
    active: z
      .array(objectName)
      .max(scheduleStatusLimits.active)
      .optional()
      .describe('Runs that go on, the first of them.'),
    conditions: z
      .array(
        conditionSchema(
          'Accepted: the spec is sound, with the experiment in its template; the message has every problem. Started: the latest run could be created.',
          scheduleStatusLimits.message,
        ),
      )
      .max(scheduleStatusLimits.conditions)
      .optional()
      .describe('For `kubectl wait --for=condition=Accepted`.'),
  })
  .describe('What became of the schedule.');

export type ScheduleStatus = z.output<typeof scheduleStatusSchema>;
