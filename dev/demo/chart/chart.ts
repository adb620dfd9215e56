/** What both charts draw: the terminal's and the SVG's. */
import type { LagSample } from '../replica/lag.js';
import type { Transaction } from '../transaction.js';

export interface Chart {
  readonly title: string;
  readonly verdict: string;
  readonly durationMs: number;
  readonly transactions: readonly Transaction[];
  readonly spans: readonly Span[];
  /** Of the replica. */
  readonly lag: readonly LagSample[];
}

/** A fault, while it was on. */
export interface Span {
  readonly title: string;
  /** The sentence, or what was done. */
  readonly told: string;
  /** What it did, counted by the sidecar. */
  readonly proof: string;
  readonly fromMs: number;
  readonly toMs: number;
}
