/** `/validate-experiments`: refuses what is no experiment that a cluster could carry out. */
import { isObject } from '../../core/json.js';
import { printable } from '../../core/printable.js';
import { apiVersion } from '../../experiment/file/experiment.js';
import { judgeExperiment } from '../experiments/judge-experiment.js';
import { allowed, denied } from './answer.js';
import { misdirected } from './inject-webhook.js';
import { serverLimits } from './limits.js';
import type { ReviewResult, Webhook } from './review-result.js';

const [group = ''] = apiVersion.split('/');

export const experimentsWebhook: Webhook = (review): ReviewResult => {
  const { resource, object, oldObject } = review;
  if (resource !== 'experiments' || !isOurs(object)) return misdirected(review);
  const problems = judgeExperiment({ object, oldObject });
  if (problems.length === 0) return { answer: allowed(), outcome: 'allowed', reason: '', isNews: false };
  const message = problems.map(printable).join('\n').slice(0, serverLimits.refusalLength);
  return { answer: denied(message), outcome: 'refused', reason: 'bad-experiment', isNews: true };
};

/** Other projects have a kind of that name. */
function isOurs(object: unknown): boolean {
  const version = isObject(object) ? object['apiVersion'] : undefined;
  return typeof version === 'string' && version.startsWith(`${group}/`);
}
