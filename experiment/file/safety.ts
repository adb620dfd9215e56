/** What a run in a cluster must not do: on by default, and switched off one by one, by name. */
import * as z from 'zod';

/** Checks that a file may switch off. That pods are injected, opted in and not protected is always asked. */
export const safetyChecks = ['quorum', 'budget', 'share', 'overlap', 'ours'] as const;
export type SafetyCheck = (typeof safetyChecks)[number];

export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** A number, or a share of all. */
const amount = (what: string) =>
  z
    .union([z.int().min(0).max(10_000), z.string().regex(/^(\d{1,4}|100%|\d{1,2}%)$/)])
    .describe(`a number of ${what} such as 2, or a share of them such as 30%`);

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/)
  .describe('a time of day such as 09:30');

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'no time zone that is known')
  .describe('a time zone such as Europe/Berlin');

export const windowSchema = z.strictObject({
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .max(7)
    .default([...weekdays]),
  from: timeOfDay,
  to: timeOfDay,
  timeZone: timeZone.default('UTC'),
});

export const safetySchema = z.strictObject({
  allow: z.array(z.enum(safetyChecks)).max(safetyChecks.length).default([]),
  maxPods: amount('pods').default('50%'),
  maxNodes: z.int().min(0).max(1000).default(1),
  minimumHealthy: amount('pods').optional(),
  allowedWindows: z.array(windowSchema).max(32).default([]),
});

export type SafetySpec = z.output<typeof safetySchema>;
export type WindowSpec = z.output<typeof windowSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
