/** Times of the week, in a time zone, in which runs may begin. */
import { type WindowSpec, weekdays } from '../file/safety.js';

const minuteMs = 60_000;
/** A window that comes never again, such as from 10:00 to 10:00, is not looked for any longer. */
const horizonMs = 8 * 24 * 60 * minuteMs;

/** When the next one begins, to the minute; `wallMs` itself within one, and null where there is none within a week. */
export function nextWindowMs(windows: readonly WindowSpec[], wallMs: number): number | null {
  if (isWithin(windows, wallMs)) return wallMs;
  const first = Math.ceil(wallMs / minuteMs) * minuteMs;
  for (let atMs = first; atMs < wallMs + horizonMs; atMs += minuteMs)
    if (isWithin(windows, atMs)) return atMs;
  return null;
}

export const isWithin = (windows: readonly WindowSpec[], atMs: number): boolean =>
  windows.some((window) => isIn(window, atMs));

/** One that ends before it begins goes on past midnight, and belongs to the day on which it begins. */
function isIn({ days, from, to, timeZone }: WindowSpec, atMs: number): boolean {
  const { day, time } = localOf(timeZone, atMs);
  const yesterday = weekdays[(weekdays.indexOf(day) + 6) % 7] ?? day;
  if (from <= to) return days.includes(day) && from <= time && time < to;
  return (days.includes(day) && from <= time) || (days.includes(yesterday) && time < to);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localOf(timeZone: string, atMs: number): { day: (typeof weekdays)[number]; time: string } {
  const known = formats.get(timeZone);
  const format =
    known ??
    new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
  if (known === undefined) formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const day = weekdays.find((one) => one === parts.get('weekday')) ?? 'Mon';
  return { day, time: `${parts.get('hour')}:${parts.get('minute')}` };
}
