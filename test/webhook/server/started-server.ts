/** The real server with the real webhooks, on free ports of the loopback, ended with the test. */
import { once } from 'node:events';
import { request as plainRequest } from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import { defaultConfig } from '../../../webhook/injection-config.js';
import { experimentsWebhook } from '../../../webhook/server/experiments-webhook.js';
import { faultsWebhook } from '../../../webhook/server/faults-webhook.js';
import { type InjectOptions, injectWebhook } from '../../../webhook/server/inject-webhook.js';
import { serverLimits } from '../../../webhook/server/limits.js';
import type { ServingPair } from '../../../webhook/server/listen.js';
import { createMetrics } from '../../../webhook/server/metrics.js';
import type { Webhook } from '../../../webhook/server/review-result.js';
import { type ServerOptions, WebhookServer } from '../../../webhook/server/webhook-server.js';
import { servingPair } from './serving-pair.js';

export const pair: ServingPair = servingPair();

export interface StartOptions extends Partial<Pick<ServerOptions, 'limits' | 'notReady' | 'pause'>> {
  readonly context?: InjectOptions['context'];
  readonly inject?: Webhook;
  readonly stop?: ReturnType<InjectOptions['stop']>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface Started {
  readonly server: WebhookServer;
  readonly port: number;
  readonly agent: Agent;
  /** What was logged, line by line. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  post(path: string, body: string | Buffer, headers?: Readonly<Record<string, string>>): Promise<Answered>;
  probe(path: string): Promise<Answered>;
}

export async function startedServer(t: TestContext, options: StartOptions = {}): Promise<Started> {
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const inject: InjectOptions = {
    config: defaultConfig,
    injector: { by: 'webhook', version: '0.0.0-test' },
    context: options.context ?? enabled,
    stop: () => options.stop ?? null,
  };
  const server = await WebhookServer.open({
    port: 0,
    metricsPort: 0,
    host: '127.0.0.1',
    webhooks: {
      inject: options.inject ?? injectWebhook(inject),
      faults: faultsWebhook,
      experiments: experimentsWebhook,
    },
    metrics: createMetrics({
      certificateEnds: () => 1_800_000_000,
      isLeader: () => true,
      namespacesSynced: () => true,
      namespaces: () => 3,
      unhandledErrors: () => 0,
    }),
    notReady: options.notReady ?? (() => []),
    log,
    limits: options.limits ?? serverLimits,
    pause: options.pause ?? (async () => {}),
  });
  const agent = new Agent({ keepAlive: true, ca: pair.certificate, maxSockets: 2000 });
  t.after(() => {
    agent.destroy();
    return server.close();
  });
  const port = await server.serve(pair);
  return {
    server,
    port,
    agent,
    logged,
    post: (path, body, headers = {}) => post({ port, agent, path, body, headers }),
    probe: (path) => probe(server.probesPort!, path),
  };
}

const enabled: InjectOptions['context'] = (namespace) => ({
  namespace,
  labels: { [injectionLabel]: injectionEnabled },
  minor: 34,
});

export interface Posted {
  readonly port: number;
  readonly agent: Agent;
  readonly path: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export async function post({ port, agent, path, body, headers }: Posted): Promise<Answered> {
  const request = secureRequest({
    host: '127.0.0.1',
    port,
    agent,
    path,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers },
  });
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, text: await textOf(response) };
}

export async function probe(port: number, path: string): Promise<Answered> {
  const request = plainRequest({ host: '127.0.0.1', port, path, agent: false });
  request.end();
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, text: await textOf(response) };
}
