/** What the effects of both planes take, and how it is told. */
import { limits } from '../limits.js';
import { count } from '../values/count.js';
import { duration, writeDuration } from '../values/duration.js';
import { rate } from '../values/size.js';
import type { WordReader } from './word-reader.js';

/** From a microsecond: a delay of nothing would be a fault that does nothing. */
export const delay = duration({ min: 1e-3, max: limits.delayMs });

export const perSecond = rate({ min: 1, max: limits.bytes });

const bits = count({ min: 1, max: limits.bits });

/** `3 bits`. */
export function readBits(words: WordReader): number | null {
  const number = words.value(bits);
  if (number !== null || words.peek()?.text === 'bits') words.keyword('bits');
  return number;
}

/** `200ms`, or `150ms to 250ms`. A delay is never negative. */
export function tellDelay(delayMs: number, jitterMs: number): string {
  if (jitterMs === 0) return writeDuration(delayMs);
  return `${writeDuration(Math.max(0, delayMs - jitterMs))} to ${writeDuration(delayMs + jitterMs)}`;
}

export const plural = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

/** An effect from what was read for it; null goes on being null. */
export function ifRead<T, E>(value: T | null, effect: (value: T) => E): E | null {
  return value === null ? null : effect(value);
}
