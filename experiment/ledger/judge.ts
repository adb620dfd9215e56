/** From counts to a verdict on the data, and one sentence. Pure. */
import type { DataVerdict } from '../verdict.js';
import type { Counts } from './classify.js';
import { limits } from './limits.js';
import type { ReadBack } from './read-back.js';
import type { RegistersResult } from './registers/check-registers.js';
import { registerName } from './registers/register-calls.js';

export interface Circumstances {
  readonly readBack: ReadBack;
  readonly registers: RegistersResult;
  /** No more could be written. */
  readonly isFull: boolean;
}

/** From bad to good: what is seen to be wrong counts whatever else could not be seen. */
export function judge(
  counts: Counts,
  circumstances: Circumstances,
): { readonly data: DataVerdict; readonly message: string } {
  const [data, ...parts] = dataOf(counts, circumstances);
  return { data, message: [...parts, ...registersOf(circumstances.registers)].join('; ') };
}

function dataOf(
  counts: Counts,
  { readBack, isFull }: Circumstances,
): readonly [DataVerdict, ...(readonly string[])] {
  const wrong = wrongOf(counts);
  if (counts.lost > 0) return ['Lost', ...wrong];
  if (readBack.kind === 'damaged')
    return ['Corrupt', `the database says that its data is damaged: ${readBack.why}`, ...wrong];
  if (wrong.length > 0) return ['Corrupt', ...wrong];
  if (readBack.kind === 'failed') return ['Unknown', `what is there could not be read back: ${readBack.why}`];
  if (counts.acknowledged === 0) return ['Unknown', 'no write was acknowledged'];
  const full = `the ledger is full, and wrote no more than ${many(limits.writes, 'write')}`;
  return ['Intact', ...intact(counts), ...(isFull ? [full] : [])];
}

function registersOf({ registers, illegalRegisters }: RegistersResult): readonly string[] {
  if (registers === 'Illegal')
    return [
      `the answers of registers contradict each other: ${illegalRegisters.map(registerName).join(', ')}`,
    ];
  return registers === 'Unknown' ? ['registers could not be checked in time'] : [];
}

function wrongOf({ acknowledged, lost, corrupt, duplicated, refused }: Counts): readonly string[] {
  return [
    lost > 0 &&
      `${lost.toLocaleString('en')} of ${many(acknowledged, 'acknowledged write')} ${lost === 1 ? 'is' : 'are'} lost`,
    corrupt > 0 && `${many(corrupt, 'entry', 'entries')} ${corrupt === 1 ? 'is' : 'are'} not as written`,
    duplicated > 0 && `${many(duplicated, 'write')} ${duplicated === 1 ? 'is' : 'are'} there more than once`,
    refused.there > 0 &&
      `${many(refused.there, 'refused write')} ${refused.there === 1 ? 'is' : 'are'} there`,
  ].filter((part) => part !== false);
}

function intact({ acknowledged, stale, unknown }: Counts): readonly string[] {
  const asked = unknown.there + unknown.gone;
  return [
    acknowledged === 1
      ? 'the one acknowledged write is there'
      : `all ${many(acknowledged, 'acknowledged write')} are there`,
    ...(asked > 0
      ? [
          `${many(asked, 'write')} got no answer, ${unknown.there} there and ${unknown.gone} not, and both are right`,
        ]
      : []),
    ...(stale > 0
      ? [`${many(stale, 'write')} ${stale === 1 ? 'was' : 'were'} not seen by a later read`]
      : []),
  ];
}

const many = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
