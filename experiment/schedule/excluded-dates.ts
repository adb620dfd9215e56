/** Days on which nothing is started: `2026-12-24`, `12-25` of every year, or from one to another, `2026-12-20/2027-01-06`. */
import { meaning, type Read } from '../file/texts.js';

/** Both ends are left out; either `YYYY-MM-DD` or `MM-DD`. */
export interface ExcludedDates {
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

const expected = 'a date such as 2026-12-24, 12-25 for every year, or 2026-12-20/2027-01-06';

export const excludedDatesSchema = meaning(expected, readDates).meta({
  description: expected,
  pattern: '^([0-9]{4}-)?[0-9]{2}-[0-9]{2}(/([0-9]{4}-)?[0-9]{2}-[0-9]{2})?$',
  maxLength: 21,
});

/** `date` as YYYY-MM-DD. */
export const isExcluded = (excluded: readonly ExcludedDates[], date: string): boolean =>
  excluded.some(({ from, to }) => {
    const comparable = date.slice(-from.length);
    return from <= comparable && comparable <= to;
  });

function readDates(text: string): Read<ExcludedDates> {
  const [from = '', to = from, ...more] = text.split('/');
  const isYearly = /^\d\d-\d\d$/.test(from);
  // A leap year has every day.
  const isSound = [from, to].every((date) => isDate(isYearly ? `2024-${date}` : date));
  if (!isSound || more.length > 0)
    return { kind: 'flaw', message: `${JSON.stringify(text)} is no date; expected ${expected}` };
  if (to < from) return { kind: 'flaw', message: `${text} ends before it begins; expected ${to}/${from}` };
  return { kind: 'value', value: { text, from, to } };
}

const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().slice(0, 10) === text;
