/** Whole numbers, and ordinals: `3`, `100th`. */
import { flawed, type Reading, type Syntax } from '../grammar/syntax.js';
import { type Range, within } from './range.js';

export const count = (range: Range): Syntax<number> => ({
  expected: 'a whole number such as 3',
  read: (text) => (isWhole(text) ? within(Number(text), range, String) : notWhole(text)),
  write: String,
});

export const ordinal = (range: Range): Syntax<number> => ({
  expected: 'an ordinal such as 100th',
  read: (text) => readOrdinal(text, range),
  write: writeOrdinal,
});

export function writeOrdinal(number: number): string {
  const teens = number % 100 >= 11 && number % 100 <= 13;
  const ending = teens ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
}

const isWhole = (text: string): boolean => /^\d+$/.test(text);

/** `3bits` was meant as `3 bits`. */
function notWhole(text: string): Reading<never> {
  const [, number, unit] = /^(\d+)([a-z]+)$/i.exec(text) ?? [];
  if (number === undefined) return flawed('bad-number', 'not a whole number: digits only');
  return flawed('bad-number', `"${unit}" stands apart from its number`, { nearest: `${number} ${unit}` });
}

function readOrdinal(text: string, range: Range): Reading<number> {
  const [, digits, ending] = /^(\d+)([a-z]*)$/i.exec(text) ?? [];
  if (digits === undefined) return flawed('bad-number', 'not an ordinal; expected one such as 100th');
  const reading = within(Number(digits), range, writeOrdinal);
  if (reading.kind === 'flaw') return reading;
  const nearest = writeOrdinal(reading.value);
  if (ending === '') return flawed('no-unit', 'a number; expected an ordinal', { nearest });
  return nearest === `${reading.value}${ending}`
    ? reading
    : flawed('bad-number', `no such ordinal`, { nearest });
}
