/** What the ledger of a run says: of the data in the end, and of the writes while the run went on. */
import { operationsPerSecond, type Run } from '../engine/run.js';
import type { JournalEvent } from '../journal/events.js';
import type { LedgerResult } from '../ledger/result.js';
import type { DataVerdict } from '../verdict.js';
import { type PhaseReport, phaseAt, type Span } from './phases.js';
import { type ComparedPhase, comparedPhases } from './probe-report.js';

export interface LedgerReport {
  readonly data: DataVerdict;
  readonly message: string;
  /** Null: it was not read back. */
  readonly result: LedgerResult | null;
  /** When no write was acknowledged, in milliseconds since the run began. */
  readonly unavailable: readonly Span[];
  readonly phases: Readonly<Record<ComparedPhase, TrafficFigures>>;
  /** Acknowledged writes while faults were on; null: no fault came. */
  readonly perSecond: number | null;
  /** At least so many are expected; with fewer nothing is proven. Null: nothing is said of it. */
  readonly expectedPerSecond: number | null;
}

export interface TrafficFigures {
  readonly acknowledged: number;
  readonly refused: number;
  /** The answer did not come. */
  readonly unknown: number;
  /** Acknowledged ones; null: nothing was counted. */
  readonly perSecond: number | null;
  /** The middle one of the medians of each second; of acknowledged writes. */
  readonly medianMs: number | null;
  /** The highest of the 99th percentiles of each second. */
  readonly worstP99Ms: number | null;
}

/** About a second of writes. */
export interface TrafficSpan extends Span {
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

interface LedgerContext {
  readonly phases: readonly PhaseReport[];
  readonly run: Run;
  readonly expectedPerSecond: number | null;
}

/** Null where the run had none. */
export function ledgerReport(
  events: readonly JournalEvent[],
  { phases, run, expectedPerSecond }: LedgerContext,
): LedgerReport | null {
  const began = events.find(({ type }) => type === 'ledger-began');
  if (began === undefined) return null;
  const read = events.findLast((event) => event.type === 'ledger-read');
  const unread = events.findLast((event) => event.type === 'ledger-unread');
  const result = read?.type === 'ledger-read' ? read.result : null;
  const why = unread?.type === 'ledger-unread' ? unread.message : 'the ledger was not read back';
  const spans = trafficOf(events);
  // A span counts where it ends, as the engine has it.
  const figures = (phase: ComparedPhase): TrafficFigures =>
    figuresOf(spans.filter(({ toMs }) => phaseAt(phases, toMs) === phase));
  const [before, during, after] = comparedPhases;
  return {
    data: result?.data ?? 'Unknown',
    message: result?.message ?? why,
    result,
    unavailable: (result?.unavailable ?? []).map(({ fromMs, toMs }) => ({
      fromMs: began.atMs + fromMs,
      toMs: began.atMs + toMs,
    })),
    phases: { before: figures(before), during: figures(during), after: figures(after) },
    perSecond: operationsPerSecond(run),
    expectedPerSecond,
  };
}

export function trafficOf(events: readonly JournalEvent[]): readonly TrafficSpan[] {
  const spans: TrafficSpan[] = [];
  let fromMs = 0;
  for (const event of events) {
    if (event.type === 'ledger-began') fromMs = event.atMs;
    if (event.type !== 'traffic') continue;
    const { atMs, acknowledged, refused, unknown, p50Ms, p99Ms } = event;
    spans.push({ fromMs, toMs: atMs, acknowledged, refused, unknown, p50Ms, p99Ms });
    fromMs = atMs;
  }
  return spans;
}

function figuresOf(spans: readonly TrafficSpan[]): TrafficFigures {
  const sum = (of: (span: TrafficSpan) => number): number =>
    spans.reduce((total, span) => total + of(span), 0);
  const seconds = sum(({ fromMs, toMs }) => toMs - fromMs) / 1000;
  const acknowledged = sum((span) => span.acknowledged);
  const medians = spans.flatMap(({ p50Ms }) => p50Ms ?? []).toSorted((one, other) => one - other);
  const worst = spans.flatMap(({ p99Ms }) => p99Ms ?? []);
  return {
    acknowledged,
    refused: sum(({ refused }) => refused),
    unknown: sum(({ unknown }) => unknown),
    perSecond: seconds === 0 ? null : acknowledged / seconds,
    medianMs: medians[Math.floor(medians.length / 2)] ?? null,
    worstP99Ms: worst.length === 0 ? null : Math.max(...worst),
  };
}
