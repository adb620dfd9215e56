/** Lower and upper bounds of a value, both included, and the flaw of a value outside. */
import { accepted, flawed, type Reading } from '../grammar/syntax.js';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** `write` spells the bounds for the message, and the nearest bound as the way out. */
export function within(value: number, range: Range, write: (value: number) => string): Reading<number> {
  if (value >= range.min && value <= range.max) return accepted(value);
  const nearest = write(value < range.min ? range.min : range.max);
  const message = `out of range: from ${write(range.min)} to ${write(range.max)} is allowed`;
  return flawed('out-of-range', message, { nearest });
}
