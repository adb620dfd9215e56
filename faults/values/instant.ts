/** Points in time as RFC 3339 writes them: `2026-03-01T12:00:00Z`. Milliseconds of the Unix epoch in the program. */
import { accepted, flawed, type Reading, type Syntax } from '../grammar/syntax.js';

export const instant: Syntax<number> = {
  expected: 'a time such as 2026-03-01T12:00:00Z',
  read: readInstant,
  write: writeInstant,
};

/** Always UTC, with milliseconds only where there are some. */
export function writeInstant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('.000Z', 'Z');
}

const shape = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/i;

function readInstant(text: string): Reading<number> {
  const [, date, time, fraction = '', zone] = shape.exec(text) ?? [];
  if (date === undefined || time === undefined) {
    return flawed('bad-time', 'not a time of RFC 3339; expected one such as 2026-03-01T12:00:00Z');
  }
  if (zone === undefined) return flawed('bad-time', 'a time with no zone', { nearest: `${text}Z` });
  const localMs = epochOf(`${date}T${time}`);
  const offsetMs = offsetOf(zone);
  if (localMs === null || offsetMs === null) return flawed('bad-time', 'no such day, hour or zone');
  const epochMs = localMs - offsetMs + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return isWritable(epochMs) ? accepted(epochMs) : flawed('bad-time', 'not between the years 1970 and 9999');
}

/** Null for a 30th of February, which `Date` would move into March. */
function epochOf(dateTime: string): number | null {
  const epochMs = Date.parse(`${dateTime}Z`);
  if (Number.isNaN(epochMs)) return null;
  return new Date(epochMs).toISOString().startsWith(dateTime) ? epochMs : null;
}

function offsetOf(zone: string): number | null {
  if (zone.toUpperCase() === 'Z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

const isWritable = (epochMs: number): boolean =>
  epochMs >= 0 && epochMs <= Date.UTC(9999, 11, 31, 23, 59, 59, 999);
