/** What the bench of the webhook measures: servers of one sort, all on the same core. */
import type { Benchmark as AnyBenchmark, Context as AnyContext, Target } from '../benchmark.js';
import type { ReviewServer, Reviews } from './review-server.js';

/** Our patch, and the one that fast-json-patch finds. */
export const targetNames = ['ours', 'compare'] as const;
export type TargetName = (typeof targetNames)[number];

export interface WebhookTarget extends Target {
  readonly name: TargetName;
  /** Runs as long as the bench. */
  readonly server: ReviewServer;
  /** Another of the same, that has answered nobody yet. */
  startAnother(): Promise<ReviewServer>;
}

export interface Size {
  /** Of 12 KiB, in one measurement, after so many that are not measured. */
  readonly reviews: Reviews;
  /** Of 300 KiB. */
  readonly largeReviews: Reviews;
  /** After how many reviews, from the start of the server, its memory is looked at. */
  readonly memoryAfter: readonly [few: number, more: number, most: number];
}

export type Context = AnyContext<WebhookTarget, Size>;
export type Benchmark = AnyBenchmark<WebhookTarget, Size>;
