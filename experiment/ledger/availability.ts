/** When the database took no writes. */
import { limits } from './limits.js';

/** Milliseconds since the ledger began. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The spans of at least `limits.unavailableMs` in which no write was acknowledged, between the beginning and the end.
 * Whether the database refused, did not answer or was slow: nobody could write.
 */
export function unavailableSpans(acknowledgedMs: Float64Array, endedMs: number): readonly Span[] {
  const spans: Span[] = [];
  let fromMs = 0;
  for (const toMs of [...acknowledgedMs.toSorted(), endedMs]) {
    if (toMs - fromMs >= limits.unavailableMs) spans.push({ fromMs, toMs });
    fromMs = Math.max(fromMs, toMs);
  }
  return spans;
}
