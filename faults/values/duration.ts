/** Durations: `200ms`, `1m30s`. Milliseconds in the program, whole nanoseconds in the language. */
import { flawed, type Reading, type Syntax } from '../grammar/syntax.js';
import { timesExactly } from './decimal.js';
import { type Range, within } from './range.js';

const unitNanoseconds: ReadonlyMap<string, bigint> = new Map([
  ['d', 86_400_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1000n],
  ['ns', 1n],
]);

/** Largest first, as they stand in a compound. */
const units = [...unitNanoseconds.keys()];

/** What people write for a unit. */
const spellings: readonly (readonly [RegExp, string])[] = [
  [/^(mil|msec)/i, 'ms'],
  [/^(mic|usec|µ|μ)/i, 'us'],
  [/^(nan|nsec)/i, 'ns'],
  [/^min/i, 'm'],
  [/^s/i, 's'],
  [/^h/i, 'h'],
  [/^d/i, 'd'],
  [/^ms$/i, 'ms'],
  [/^us$/i, 'us'],
  [/^ns$/i, 'ns'],
];

export const duration = (range: Range): Syntax<number> => ({
  expected: 'a duration such as 200ms',
  read: (text) => readDuration(text, range),
  write: writeDuration,
});

/** Canonical: whole numbers, largest unit first, nothing that is zero. */
export function writeDuration(ms: number): string {
  let rest = BigInt(Math.round(ms * 1e6));
  let text = '';
  for (const [unit, nanoseconds] of unitNanoseconds) {
    if (rest >= nanoseconds) text += `${rest / nanoseconds}${unit}`;
    rest %= nanoseconds;
  }
  return text === '' ? '0ms' : text;
}

function readDuration(text: string, range: Range): Reading<number> {
  const parts = partsOf(text);
  if (parts === null) return flawed('bad-number', 'not a duration; expected one such as 200ms or 1m30s');
  const unknown = parts.find((part) => !unitNanoseconds.has(part.unit));
  if (unknown !== undefined)
    return unknown.unit === '' ? withoutUnit(text, parts) : unknownUnit(text, unknown);
  const nanoseconds = sum(parts);
  if (nanoseconds === null) return flawed('bad-number', 'finer than a nanosecond');
  const ms = Number(nanoseconds) / 1e6;
  if (!descends(parts)) return disordered(ms);
  return within(ms, range, writeDuration);
}

interface Part {
  readonly number: string;
  readonly unit: string;
}

/**
 * Null when it is anything but numbers, each with letters behind it, or nothing behind the last. Each character has one place
 * in the pattern: one that may be tried in many ways takes hours for a text of fifty digits.
 */
function partsOf(text: string): readonly Part[] | null {
  if (!/^(\d+(\.\d+)?\p{L}+)*\d+(\.\d+)?\p{L}*$/u.test(text)) return null;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(\p{L}*)/gu)].map(([, number = '', unit = '']) => ({
    number,
    unit,
  }));
}

function withoutUnit(text: string, parts: readonly Part[]): Reading<never> {
  const before = parts.at(-2)?.unit ?? 's';
  const unit = units[units.indexOf(before) + 1] ?? 'ns';
  return flawed('no-unit', 'a number with no unit', { allowed: units, nearest: `${text}${unit}` });
}

function unknownUnit(text: string, { number, unit }: Part): Reading<never> {
  const meant = spellings.find(([spelling]) => spelling.test(unit))?.[1];
  const wayOut =
    meant === undefined ? {} : { nearest: text.replace(`${number}${unit}`, `${number}${meant}`) };
  return flawed('unknown-unit', `"${unit}" is not a unit of time`, { allowed: units, ...wayOut });
}

function sum(parts: readonly Part[]): bigint | null {
  let total = 0n;
  for (const { number, unit } of parts) {
    const nanoseconds = timesExactly(number, unitNanoseconds.get(unit) ?? 0n);
    if (nanoseconds === null) return null;
    total += nanoseconds;
  }
  return total;
}

const descends = (parts: readonly Part[]): boolean =>
  parts.every(
    (part, index) => index === 0 || units.indexOf(part.unit) > units.indexOf(parts[index - 1]?.unit ?? ''),
  );

const disordered = (ms: number): Reading<never> =>
  flawed('bad-number', 'units stand from the largest to the smallest, each once', {
    nearest: writeDuration(ms),
  });
