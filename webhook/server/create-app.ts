/** The paths that the API server asks. */
import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';
import { BodyRoom } from './read-body.js';
import { reviewRoute } from './review-route.js';
import type { Webhook, WebhookName } from './verdict.js';

export interface AppOptions {
  readonly webhooks: Readonly<Record<WebhookName, Webhook>>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly isDraining: () => boolean;
}

export const webhookPaths: Readonly<Record<WebhookName, string>> = {
  inject: '/inject',
  faults: '/validate-faults',
};

export function createApp({ webhooks, metrics, log, isDraining }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  const room = new BodyRoom();
  for (const name of ['inject', 'faults'] as const) {
    const route = app.route(webhookPaths[name]);
    route.post(reviewRoute({ name, webhook: webhooks[name], room, metrics, log, isDraining }));
    route.all((_request, response) => {
      metrics.rejected(405);
      response.status(405).set('Allow', 'POST').type('text').send('only POST is answered here\n');
    });
  }
  app.use((_request, response) => {
    metrics.rejected(404);
    response
      .status(404)
      .type('text')
      .send(`only ${Object.values(webhookPaths).join(' and ')} are here\n`);
  });
  app.use(failPlainly({ metrics, log }));
  return app;
}

/** What reaches this is a bug, or a path that is no text. */
function failPlainly({ metrics, log }: Pick<AppOptions, 'metrics' | 'log'>): ErrorRequestHandler {
  return (err: unknown, _request, response, next) => {
    if (response.headersSent) return next(err);
    const isTheirs = err instanceof Error && 'status' in err && err.status === 400;
    const status = isTheirs ? 400 : 500;
    metrics.rejected(status);
    if (!isTheirs) log.error({ code: 'webhook.bug', err }, 'the webhook failed');
    response
      .status(status)
      .type('text')
      .send(isTheirs ? 'the request is malformed\n' : 'the log of havock8s says more\n');
  };
}
