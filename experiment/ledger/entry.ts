/**
 * What is written. The value follows from the ledger and the number alone and is its own checksum, so whoever reads it
 * back knows what it must be, without having kept a copy.
 */
import { createHash } from 'node:crypto';

export interface Entry {
  readonly number: number;
  readonly value: string;
}

/** Long enough that damage on a disk is likely to hit it. */
const repeats = 3;

export function entryOf(ledger: string, number: number): Entry {
  const digest = createHash('sha256').update(`${ledger} ${number}`).digest('hex');
  return { number, value: `${number} ${digest.repeat(repeats)}` };
}

export const isWhole = (ledger: string, { number, value }: Entry): boolean =>
  value === entryOf(ledger, number).value;
