/** What a ledger says in the end, in counts, in times and in one sentence. */
import type { Clock } from '../../core/clock.js';
import { type Latency, latencyOf } from '../latency.js';
import type { DataVerdict } from '../verdict.js';
import { type Span, unavailableSpans } from './availability.js';
import { type Counts, classify, type Examples } from './classify.js';
import type { History } from './history.js';
import { judge } from './judge.js';
import { limits } from './limits.js';
import type { ReadBack } from './read-back.js';
import { checkRegisters, type RegistersResult } from './registers/check-registers.js';

export interface LedgerResult extends Counts, RegistersResult {
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

export async function judgeLedger(history: History, readBack: ReadBack, clock: Clock): Promise<LedgerResult> {
  const found = readBack.kind === 'read' ? readBack.found : [];
  const ended = found.map(({ registers }) => registers);
  return ledgerResult(history, readBack, await checkRegisters(history, ended, clock));
}

export function ledgerResult(history: History, readBack: ReadBack, registers: RegistersResult): LedgerResult {
  const found = readBack.kind === 'read' ? readBack.found.map(({ entries }) => entries) : [];
  const { counts, examples } = classify(history, found);
  return {
    ...judge(counts, { readBack, registers, isFull: history.writes.highest >= limits.writes }),
    ...counts,
    ...registers,
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
