/** What one webhook says of one review: the answer, and what of it is counted and logged. */
import type { Answer } from './answer.js';
import type { Review } from './review.js';

export interface ReviewResult {
  readonly answer: Answer;
  readonly outcome: Outcome;
  /** Why, as one of a few codes; '' where the outcome says it all. */
  readonly reason: string;
  /** The codes of what was left alone. */
  readonly notes?: readonly string[];
  /** Worth a line of the log at the usual level. */
  readonly isNews: boolean;
}

export const outcomes = ['injected', 'skipped', 'allowed', 'refused'] as const;
export type Outcome = (typeof outcomes)[number];

/** Never writes anything anywhere: the webhooks are registered with `sideEffects: None`, and dry runs come here too. */
export type Webhook = (review: Review) => ReviewResult | Promise<ReviewResult>;

export const webhookNames = ['inject', 'faults', 'experiments'] as const;
export type WebhookName = (typeof webhookNames)[number];
