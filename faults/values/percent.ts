/** Probabilities: `30%`. 0 to 1 in the program. */
import { flawed, type Reading, type Syntax } from '../grammar/syntax.js';
import { limits } from '../limits.js';
import { shiftPoint } from './decimal.js';
import { within } from './range.js';

export const percent: Syntax<number> = {
  expected: 'a probability such as 30%',
  read: readPercent,
  write: writePercent,
};

/** Moves the decimal point in the text: 0.07 * 100 is 7.000000000000001. */
export function writePercent(chance: number): string {
  return `${shiftPoint(String(chance), 2)}%`;
}

function readPercent(text: string): Reading<number> {
  const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (number === undefined) return noPercent(text);
  return within(Number(`${number}e-2`), { min: limits.chance, max: 1 }, writePercent);
}

/** A fraction below 1 was meant as one: `0.3` is `30%`. */
function noPercent(text: string): Reading<never> {
  if (!/^\d+(\.\d+)?$/.test(text)) return flawed('bad-number', 'not a probability; expected one such as 30%');
  const nearest = /^0\.\d/.test(text) ? `${shiftPoint(text, 2)}%` : `${text}%`;
  return flawed('no-unit', 'a number with no unit', { allowed: ['%'], nearest });
}
