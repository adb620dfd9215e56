/**
 * One server that is measured, in a process of its own.
 *
 *     node --expose-gc server-main.js TARGET CERTIFICATE KEY   tells {"port"}, and at SIGUSR2 its memory
 */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import { defaultConfig } from '../../../webhook/injection-config.js';
import { experimentsWebhook } from '../../../webhook/server/experiments-webhook.js';
import { faultsWebhook } from '../../../webhook/server/faults-webhook.js';
import { type InjectOptions, injectWebhook } from '../../../webhook/server/inject-webhook.js';
import { createMetrics } from '../../../webhook/server/metrics.js';
import { WebhookServer } from '../../../webhook/server/webhook-server.js';
import { compareWebhook } from './compare-webhook.js';

const [, , target, certificateFile = '', keyFile = ''] = process.argv;

const inject: InjectOptions = {
  config: defaultConfig,
  injector: { by: 'webhook', version: 'bench' },
  context: (namespace) => ({ namespace, labels: { [injectionLabel]: injectionEnabled }, minor: 34 }),
  stop: () => null,
};

const server = await WebhookServer.open({
  port: 0,
  metricsPort: 0,
  host: '127.0.0.1',
  webhooks: {
    inject: target === 'compare' ? compareWebhook(inject) : injectWebhook(inject),
    faults: faultsWebhook,
    experiments: experimentsWebhook,
  },
  metrics: createMetrics({
    certificateEnds: () => null,
    isLeader: () => false,
    namespacesSynced: () => true,
    namespaces: () => 1,
    unhandledErrors: () => 0,
  }),
  notReady: () => [],
  log: pino(),
  pause: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
});
const port = await server.serve({
  certificate: readFileSync(certificateFile, 'utf8'),
  key: readFileSync(keyFile, 'utf8'),
});

const tell = (fact: object): void => void process.stderr.write(`${JSON.stringify(fact)}\n`);

process.on('SIGTERM', () => process.exit());
let asked = 0;
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  asked += 1;
  tell({ asked, heapUsed, rss });
});
tell({ port });
