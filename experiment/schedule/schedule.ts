/** The schedule as an object of a cluster says it: when runs of one experiment are started, and which experiment it is. */
import * as z from 'zod';
import { limits } from '../../faults/limits.js';
import { apiVersion, experimentSchema, metadataOf } from '../file/experiment.js';
import { timeZone, windowSchema } from '../file/safety.js';
import { durationOf } from '../file/texts.js';
import { cronSchema } from './cron.js';
import { excludedDatesSchema } from './excluded-dates.js';

export const scheduleKind = 'ExperimentSchedule';

export const concurrencyPolicies = ['Forbid', 'Allow', 'Replace'] as const;

const historyLimit = z.int().min(0).max(100);
const texts = z.record(z.string(), z.string());

const spec = z.strictObject({
  schedule: cronSchema,
  timeZone: timeZone.default('UTC'),
  excludedDates: z.array(excludedDatesSchema).max(256).default([]),
  allowedWindows: z.array(windowSchema).max(32).default([]),
  concurrencyPolicy: z.enum(concurrencyPolicies).default('Forbid'),
  startingDeadline: durationOf({ min: 10_000, max: limits.deadlineMs }).optional(),
  successfulRunsHistoryLimit: historyLimit.default(3),
  failedRunsHistoryLimit: historyLimit.default(5),
  paused: z.boolean().default(false),
  template: z.strictObject({
    metadata: z.strictObject({ labels: texts.optional(), annotations: texts.optional() }).default({}),
    spec: experimentSchema.shape.spec,
  }),
});

/** A run is called after its schedule and its time: nine characters more, of the forty of an experiment. */
const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,29}[a-z0-9])?$/)
  .describe('a name of at most 31 small letters, digits and dashes');

export const scheduleSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal(scheduleKind),
  metadata: metadataOf(name),
  spec,
});

export type Schedule = z.output<typeof scheduleSchema>;
export type ScheduleSpec = Schedule['spec'];
