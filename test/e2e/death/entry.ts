/**
 * What a transaction writes, worked out from its number alone: whoever reads the row back knows what it
 * must say, without having kept a copy.
 */
import { createHash } from 'node:crypto';

export interface Entry {
  readonly id: number;
  readonly account: number;
  readonly amount: number;
  readonly note: string;
}

export const accounts = 500;
export const archiveRows = 120_000;

const noteLength = 640;

export function entryOf(id: number): Entry {
  const digest = createHash('sha256').update(`entry ${id}`).digest();
  return {
    id,
    account: digest.readUInt32LE(0) % accounts,
    amount: (digest.readUInt32LE(4) % 2001) - 1000,
    note: digest.toString('hex').repeat(noteLength / 64),
  };
}

/** The archived row this transaction looks at: spread evenly, so that most are not in memory. */
export const archivedFor = (id: number): number =>
  (createHash('sha256').update(`archive ${id}`).digest().readUInt32LE(0) % archiveRows) + 1;

export const isSame = (one: Entry, other: Entry): boolean =>
  one.id === other.id &&
  one.account === other.account &&
  one.amount === other.amount &&
  one.note === other.note;
