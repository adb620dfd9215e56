/** The times of a schedule as cron(5) writes them: five fields, or a macro. What they mean is croner's to say. */
import { Cron } from 'croner';
import { messageOf } from '../../core/havoc-error.js';
import { meaning, type Read } from '../file/texts.js';

export interface CronTimes {
  readonly text: string;
  /** Each hour of the day is one of its hours: then a wall time that comes twice is meant twice. */
  readonly isEveryHour: boolean;
  /** The next one after a time on the wall, both as if the wall were in UTC; null: never again. */
  next(wallMs: number): number | null;
}

const macros: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

const expected =
  'five fields of cron such as "0 3 * * Sun", or @hourly, @daily, @weekly, @monthly or @yearly';

export const cronSchema = meaning(expected, readCron).meta({ description: expected, maxLength: 128 });

function readCron(text: string): Read<CronTimes> {
  const fields = (macros[text.trim()] ?? text).trim().split(/\s+/);
  if (text.length > 128) return { kind: 'flaw', message: 'is longer than 128 characters' };
  if (/^(CRON_)?TZ=/.test(text)) return flaw('has a time zone within; expected it in timeZone');
  if (fields.length !== 5) return flaw(`${JSON.stringify(text)} is not a time; expected ${expected}`);
  const unknown = fields.find((field) => !/^[\dA-Za-z*,/#-]+$/.test(field));
  if (unknown !== undefined)
    return flaw(`${JSON.stringify(unknown)} is no field of cron; expected ${expected}`);
  try {
    const cron = new Cron(fields.join(' '), { mode: '5-part', utcOffset: 0 });
    const next = (wallMs: number): number | null => cron.nextRun(new Date(wallMs))?.getTime() ?? null;
    if (next(Date.UTC(2020, 0)) === null) return flaw(`${JSON.stringify(text)} is on a day that never comes`);
    return { kind: 'value', value: { text, isEveryHour: isEveryHour(fields[1]), next } };
  } catch (error) {
    return flaw(
      `${JSON.stringify(text)}: ${messageOf(error).replace(/^CronPattern: /, '')}; expected ${expected}`,
    );
  }
}

const flaw = (message: string): Read<never> => ({ kind: 'flaw', message });

const isEveryHour = (field: string | undefined): boolean =>
  field === '*' || field === '*/1' || field === '0-23';
