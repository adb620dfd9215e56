/** `/validate-faults`: refuses annotations that are no sentences of the language of faults. */
import { judgeFaults, refusalMessage } from '../faults/judge-faults.js';
import { allowed, denied } from './answer.js';
import { misdirected } from './inject-webhook.js';
import { serverLimits } from './limits.js';
import type { ReviewResult, Webhook } from './review-result.js';
import { bounded } from './warnings.js';

export const faultsWebhook: Webhook = (review): ReviewResult => {
  if (!review.isPod) return misdirected(review);
  const judgement = judgeFaults({ object: review.object, oldObject: review.oldObject });
  if (judgement.kind === 'allow') {
    return { answer: allowed(bounded(judgement.warnings)), outcome: 'allowed', reason: '', isNews: false };
  }
  const message = refusalMessage(judgement.problems).slice(0, serverLimits.refusalLength);
  return { answer: denied(message), outcome: 'refused', reason: 'bad-faults', isNews: true };
};
