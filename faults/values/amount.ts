/** A size or a duration, told apart by the unit: `4Ki`, `5s`. */
import { accepted, type Reading, type Syntax } from '../grammar/syntax.js';
import { duration, writeDuration } from './duration.js';
import type { Range } from './range.js';
import { size, writeSize } from './size.js';

export interface Amount {
  readonly unit: 'bytes' | 'ms';
  readonly value: number;
}

const looksLikeTime = /^([\d.]+(ns|us|ms|s|m|h|d))+$/;

export function sizeOrDuration(sizes: Range, times: Range): Syntax<Amount> {
  const [bytes, ms] = [size(sizes), duration(times)];
  return {
    expected: 'a size such as 4Ki or a duration such as 5s',
    read: (text) =>
      looksLikeTime.test(text) ? amountOf('ms', ms.read(text)) : amountOf('bytes', bytes.read(text)),
    write: ({ unit, value }) => (unit === 'ms' ? writeDuration(value) : writeSize(value)),
  };
}

const amountOf = (unit: Amount['unit'], reading: Reading<number>): Reading<Amount> =>
  reading.kind === 'value' ? accepted({ unit, value: reading.value }) : reading;
