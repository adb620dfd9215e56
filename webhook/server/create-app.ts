/**
 * The paths that the API server asks.
 *
 * A router of Express without an application around it: that would give every request and response another prototype,
 * which costs a quarter of the time of a review, and what it puts on them nobody here uses.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type { Logger } from 'pino';
import type { ServerLimits } from './limits.js';
import type { Metrics } from './metrics.js';
import { BodyRoom } from './read-body.js';
import { type Webhook, type WebhookName, webhookNames } from './review-result.js';
import { reviewRoute } from './review-route.js';

export interface AppOptions {
  readonly webhooks: Readonly<Record<WebhookName, Webhook>>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly isDraining: () => boolean;
  readonly limits: ServerLimits;
}

export const webhookPaths: Readonly<Record<WebhookName, string>> = {
  inject: '/inject',
  faults: '/validate-faults',
  experiments: '/validate-experiments',
};

export function createApp({ webhooks, metrics, log, isDraining, limits }: AppOptions): RequestListener {
  const router = Router({ strict: true, caseSensitive: true });
  const room = new BodyRoom(limits);
  const refuse = (response: ServerResponse, refusal: Refusal): void => {
    metrics.rejected(refusal.status);
    say(response, refusal);
  };
  for (const name of webhookNames) {
    const route = router.route(webhookPaths[name]);
    route.post(reviewRoute({ name, webhook: webhooks[name], room, metrics, log, isDraining }));
    route.all((_request, response) => refuse(response, notPosted));
  }
  router.use((_request, response) => refuse(response, elsewhere));
  router.use(failPlainly(refuse, log));
  return (request: IncomingMessage, response: ServerResponse) => {
    // Its types know it within an application only; the routes above take what Node.js gives.
    router(request as Request, response as Response, () => response.destroy());
  };
}

interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const notPosted: Refusal = { status: 405, text: 'only POST is answered here\n', headers: { Allow: 'POST' } };
const elsewhere: Refusal = {
  status: 404,
  text: `only ${Object.values(webhookPaths).join(', ')} are here\n`,
};
const malformed: Refusal = { status: 400, text: 'the request is malformed\n' };
const failed: Refusal = { status: 500, text: 'the log of havock8s says more\n' };

function say(response: ServerResponse, { status, text, headers = {} }: Refusal): void {
  const length = Buffer.byteLength(text);
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': length,
  });
  response.end(text);
}

/** What reaches this is a bug, or a path that is not text. */
function failPlainly(
  refuse: (response: ServerResponse, refusal: Refusal) => void,
  log: Logger,
): ErrorRequestHandler {
  return (err: unknown, _request, response, next) => {
    if (response.headersSent) return next(err);
    const isTheirs = err instanceof Error && 'status' in err && err.status === 400;
    if (!isTheirs) log.error({ code: 'webhook.bug', err }, 'the webhook failed');
    refuse(response, isTheirs ? malformed : failed);
  };
}
