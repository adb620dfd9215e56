/** What a ledger says in the end, in counts, in times and in one sentence. Pure. */
import type { DataVerdict } from '../verdict.js';
import { type Span, unavailableSpans } from './availability.js';
import { type Counts, classify, type Examples } from './classify.js';
import type { FoundTable } from './found-table.js';
import type { History } from './history.js';
import { type Latency, latencyOf } from './latency.js';
import { limits } from './limits.js';

export interface LedgerResult extends Counts {
  readonly data: DataVerdict;
  /** One plain sentence without a full stop. */
  readonly message: string;
  /** ISO 8601. All times are milliseconds since then. */
  readonly startedAt: string;
  readonly endedMs: number;
  readonly unavailable: readonly Span[];
  /** Of acknowledged writes. */
  readonly latency: Latency | null;
  readonly examples: Examples;
}

/** What was found when all was read back. */
export type ReadBack =
  | { readonly kind: 'read'; readonly found: readonly FoundTable[] }
  | { readonly kind: 'failed'; readonly why: string }
  /** The database itself says that its data is damaged. */
  | { readonly kind: 'damaged'; readonly why: string };

export function ledgerResult(history: History, readBack: ReadBack): LedgerResult {
  const { counts, examples } = classify(history, readBack.kind === 'read' ? readBack.found : []);
  return {
    ...judge(counts, { readBack, isFull: history.writes.highest >= limits.writes }),
    ...counts,
    startedAt: history.beginning.startedAt,
    endedMs: history.endedMs,
    unavailable: unavailableSpans(acknowledgedTimes(history), history.endedMs),
    latency: latencyBetween(history, { fromMs: 0, toMs: Number.POSITIVE_INFINITY }),
    examples,
  };
}

/** Of the writes that were acknowledged in this span. */
export function latencyBetween({ writes }: History, { fromMs, toMs }: Span): Latency | null {
  const took: number[] = [];
  for (const number of writes.numbers('acknowledged')) {
    const atMs = writes.endedMs(number);
    if (atMs >= fromMs && atMs < toMs) took.push(writes.tookMs(number));
  }
  return latencyOf(Float32Array.from(took));
}

const acknowledgedTimes = ({ writes }: History): Float64Array =>
  Float64Array.from([...writes.numbers('acknowledged')].map((number) => writes.endedMs(number)));

interface Circumstances {
  readonly readBack: ReadBack;
  readonly isFull: boolean;
}

/** From bad to good: what is seen to be wrong counts whatever else could not be seen. */
function judge(
  counts: Counts,
  { readBack, isFull }: Circumstances,
): { readonly data: DataVerdict; readonly message: string } {
  const wrong = wrongOf(counts);
  const because = readBack.kind === 'read' ? null : readBack.why;
  if (counts.lost > 0) return { data: 'Lost', message: wrong.join('; ') };
  if (readBack.kind === 'damaged')
    return {
      data: 'Corrupt',
      message: [`the database says that its data is damaged: ${because}`, ...wrong].join('; '),
    };
  if (wrong.length > 0) return { data: 'Corrupt', message: wrong.join('; ') };
  if (because !== null)
    return { data: 'Unknown', message: `what is there could not be read back: ${because}` };
  if (counts.acknowledged === 0) return { data: 'Unknown', message: 'no write was acknowledged' };
  const stopped = isFull
    ? `; the ledger is full, and wrote no more than ${many(limits.writes, 'write')}`
    : '';
  return { data: 'Intact', message: `${intact(counts)}${stopped}` };
}

function wrongOf({ acknowledged, lost, corrupt, duplicated, refused }: Counts): readonly string[] {
  return [
    lost > 0 && `${lost} of ${many(acknowledged, 'acknowledged write')} ${lost === 1 ? 'is' : 'are'} lost`,
    corrupt > 0 && `${many(corrupt, 'entry', 'entries')} ${corrupt === 1 ? 'is' : 'are'} not as written`,
    duplicated > 0 && `${many(duplicated, 'write')} ${duplicated === 1 ? 'is' : 'are'} there more than once`,
    refused.there > 0 &&
      `${many(refused.there, 'refused write')} ${refused.there === 1 ? 'is' : 'are'} there`,
  ].filter((part) => part !== false);
}

function intact({ acknowledged, stale, unknown }: Counts): string {
  const asked = unknown.there + unknown.gone;
  return [
    acknowledged === 1
      ? 'the one acknowledged write is there'
      : `all ${many(acknowledged, 'acknowledged write')} are there`,
    ...(asked > 0
      ? [`of ${many(asked, 'write')} without an answer ${unknown.there} are there, which is right either way`]
      : []),
    ...(stale > 0
      ? [`${many(stale, 'write')} ${stale === 1 ? 'was' : 'were'} not seen by a later read`]
      : []),
  ].join('; ');
}

const many = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
