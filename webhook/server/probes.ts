/** What kubelet and Prometheus ask: is it alive, may it be asked, and how has it been? */
import express, { type Express } from 'express';
import type { Registry } from 'prom-client';

export interface ProbeOptions {
  readonly registry: Registry;
  /** What keeps it from being asked, each as a sentence; none once it is ready. */
  readonly notReady: () => readonly string[];
}

export function createProbes({ registry, notReady }: ProbeOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // It answers, so it lives.
  app.get('/livez', (_request, response) => void response.type('text').send('alive\n'));
  app.get('/readyz', (_request, response) => {
    const reasons = notReady();
    if (reasons.length === 0) return void response.type('text').send('ready\n');
    response
      .status(503)
      .type('text')
      .send(`${reasons.join('\n')}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    const text = await registry.metrics();
    response.set('Content-Type', registry.contentType).send(text);
  });
  return app;
}
