/** One replica of the webhook, with the certificate of two files; to be the command `havock8s webhook`. */
import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { readConfig } from '../../webhook/read-config.js';
import { faultsWebhook } from '../../webhook/server/faults-webhook.js';
import { injectWebhook } from '../../webhook/server/inject-webhook.js';
import { createMetrics } from '../../webhook/server/metrics.js';
import { WebhookServer } from '../../webhook/server/webhook-server.js';

const text = { type: 'string' } as const;
const { values } = parseArgs({
  allowPositionals: true,
  options: {
    config: text,
    certs: text,
    'cert-dir': text,
    port: text,
    'metrics-port': text,
    'log-level': text,
  },
});
const read = readConfig(readFileSync(values.config ?? '', 'utf8'));
if (read.kind !== 'config') throw new Error(JSON.stringify(read.problems));
const kube = new KubeConfig();
kube.loadFromDefault();
const api = kube.makeApiClient(CoreV1Api);
const list = await api.listNamespace();
const server = await WebhookServer.open({
  port: Number(values.port),
  metricsPort: Number(values['metrics-port']),
  webhooks: {
    inject: injectWebhook({
      config: read.config,
      injector: { by: 'webhook', version: '0.1.0' },
      surroundings: async (namespace) => {
        const { items } = await api.listNamespace();
        const found = items.find(({ metadata }) => metadata?.name === namespace);
        return found === undefined ? null : { namespace, labels: found.metadata?.labels ?? {}, minor: 34 };
      },
    }),
    faults: faultsWebhook,
  },
  metrics: createMetrics({
    certificateEnds: () => null,
    isLeader: () => false,
    namespacesSynced: () => true,
    namespaces: () => list.items.length,
  }),
  notReady: () => [],
  log: pino({ level: values['log-level'] ?? 'info' }),
  pause: (ms, signal) =>
    new Promise((done) => {
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        done();
      });
    }),
});
const folder = values['cert-dir'] ?? '';
const serve = () =>
  server.serve({
    certificate: readFileSync(join(folder, 'tls.crt'), 'utf8'),
    key: readFileSync(join(folder, 'tls.key'), 'utf8'),
  });
await serve();
watch(folder, () => void serve().catch(() => {}));
process.once('SIGTERM', () => void server.drain().then(() => process.exit()));
