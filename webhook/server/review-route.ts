/**
 * One webhook as a route: reads the review, has it judged, answers, and counts and logs that.
 *
 *     body ─► bytes ─► Review ─ webhook ─► Verdict ─► answer
 *       └───────┴─ 4xx, 503
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { skipSentence } from '../sentences.js';
import { allowed, writeReview } from './answer.js';
import type { Metrics } from './metrics.js';
import { type BodyRoom, readBody } from './read-body.js';
import { type Review, readReview } from './review.js';
import type { ReviewResult, Webhook, WebhookName } from './review-result.js';
import { bounded } from './warnings.js';

export interface RouteOptions {
  readonly name: WebhookName;
  readonly webhook: Webhook;
  readonly room: BodyRoom;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly isDraining: () => boolean;
}

export function reviewRoute(options: RouteOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now();
    const body = await readBody(request, options.room);
    if (body.kind === 'refused') return reject(response, body, options);
    const read = readReview(body.bytes);
    if (read.kind === 'problem') return reject(response, { status: 400, message: read.message }, options);
    const verdict = await judge(read.review, options);
    const text = writeReview(read.review.uid, verdict.answer);
    send(response, { status: 200, type: 'application/json', text }, options);
    report(read.review, verdict, { ...options, ms: performance.now() - began });
  };
}

/** An error of ours must not keep a pod from being created: it is allowed as it is, and said. */
async function judge(review: Review, { name, webhook, log }: RouteOptions): Promise<ReviewResult> {
  try {
    const verdict = webhook(review);
    return verdict instanceof Promise ? await verdict : verdict;
  } catch (err) {
    log.error(
      { code: 'webhook.bug', err, webhook: name, uid: review.uid, namespace: review.namespace },
      'the webhook failed, and let the request pass',
    );
    const answer = allowed(bounded([skipSentence('our-error')]));
    return { answer, outcome: name === 'inject' ? 'skipped' : 'allowed', reason: 'our-error', isNews: false };
  }
}

interface Report extends RouteOptions {
  readonly ms: number;
}

function report(review: Review, verdict: ReviewResult, { name, metrics, log, ms }: Report): void {
  metrics.reviewed(name, verdict, ms / 1000);
  const level = verdict.isNews ? 'info' : 'debug';
  if (!log.isLevelEnabled(level)) return;
  const { uid, namespace, operation, dryRun } = review;
  const { outcome, reason, notes = [] } = verdict;
  const fields = {
    webhook: name,
    outcome,
    reason,
    notes,
    uid,
    namespace,
    [name === 'experiments' ? 'experiment' : 'pod']: nameOf(review),
    operation,
    dryRun,
  };
  log[level]({ code: 'webhook.reviewed', ...fields, ms: Math.round(ms * 100) / 100 }, 'review answered');
}

/** A pod of a controller has no name yet when it is created, only what its name will begin with. */
function nameOf({ object }: Review): string {
  const { metadata } = (object ?? {}) as { readonly metadata?: Readonly<Record<string, unknown>> };
  return String(metadata?.['name'] ?? metadata?.['generateName'] ?? '').slice(0, 253);
}

interface Rejection {
  readonly status: number;
  readonly message: string;
}

/** In plain text, which the API server puts into its own message. */
function reject(response: ServerResponse, { status, message }: Rejection, options: RouteOptions): void {
  options.metrics.rejected(status);
  options.log.warn(
    { code: 'webhook.rejected', webhook: options.name, status, message },
    'the request is not a review',
  );
  send(response, { status, type: 'text/plain; charset=utf-8', text: `${message}\n` }, options);
}

interface Content {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** The API server keeps its connections, and is told to look for another replica when this one is about to end. */
function send(
  response: ServerResponse,
  { status, type, text }: Content,
  { isDraining }: Pick<RouteOptions, 'isDraining'>,
): void {
  if (response.destroyed) return;
  if (isDraining()) response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  // As text, so that it goes out together with the headers.
  response.end(text);
}
