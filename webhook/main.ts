/**
 * The webhook of a cluster, from its start to its end. Loaded only where it runs: what talks to an API server is large.
 *
 *     namespaces ─┐                         ┌─ certificates ◄─ leads ─ lease
 *     version ────┴─► context ─► server ◄┘
 *                                       ▲ first signal: drain; second: at once
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import type { CertificateSource } from '../certs/bundle.js';
import { FileCertificates } from '../certs/file-certificates.js';
import { SecretCertificates } from '../certs/secret-certificates.js';
import { systemClock } from '../core/clock.js';
import { HavocError } from '../core/havoc-error.js';
import { programVersion } from '../core/program-version.js';
import { sleep } from '../core/sleep.js';
import { connect } from '../kube/connect.js';
import type { EmergencyStop } from '../kube/emergency-stop.js';
import type { KubeApi } from '../kube/kube-api.js';
import type { OwnerReference } from '../kube/kube-object.js';
import { Leadership } from '../kube/leadership.js';
import { readOwner } from '../kube/read-owner.js';
import { resources } from '../kube/resources.js';
import type { WatchCache } from '../kube/watch-cache.js';
import { ClusterVersion } from './context/cluster-version.js';
import { type Labels, namespaceContext } from './context/namespaces.js';
import { watchNamespaces, watchStops } from './context/watched.js';
import { endingSignals } from './ending-signals.js';
import { PodEvents } from './events/pod-events.js';
import { experimentsWebhook } from './server/experiments-webhook.js';
import { faultsWebhook } from './server/faults-webhook.js';
import { injectWebhook } from './server/inject-webhook.js';
import { createMetrics } from './server/metrics.js';
import { WebhookServer } from './server/webhook-server.js';
import { surviveRejections } from './survive-rejections.js';
import type { WebhookOptions } from './webhook-options.js';

/** Resolves once it has ended as asked; rejects with HavocError. */
export async function runWebhook(options: WebhookOptions): Promise<void> {
  const { namespace, lease, config, logLevel } = options;
  const log = pino({ level: logLevel });
  const facts = { synced: false, certificateEnds: null as number | null, leads: () => false, bugs: 0 };
  const endSurviving = surviveRejections(log, () => {
    facts.bugs += 1;
  });
  const api = reach(options);
  const onError = (error: unknown): void => log.warn({ code: codeOf(error), err: error }, 'the API server');
  const namespaces = watchNamespaces(api, onError);
  const { after } = systemClock;
  const stops = watchStops(api, onError);
  const version = new ClusterVersion({ ask: () => api.version(), after, onFailure: onError });
  void namespaces.ready.then(
    () => {
      facts.synced = true;
    },
    () => {},
  );
  const server = await openServer(options, { api, namespaces, stops, version, facts, log, onError });
  const owner = await ownerOf(api, options, onError);
  const certificates = openCertificates(options, { api, owner, log });
  const events = new PodEvents({
    ...{ api, namespaces, config, minor: () => version.minor, onError },
    clock: systemClock,
    random: Math.random,
  });
  const leadership = new Leadership({
    ...{ api, namespace, name: lease, owner, clock: systemClock, random: Math.random },
    identity: `${hostname()}_${randomUUID()}`,
    onChange: (leads) => {
      log.info({ code: leads ? 'webhook.leads' : 'webhook.follows' }, leads ? 'leads' : 'follows');
      certificates.lead(leads);
      events.lead(leads);
    },
    onError,
  });
  facts.leads = () => leadership.leads;
  try {
    await untilEnded(server, certificates.source, { facts, log });
  } finally {
    await leadership.stop();
    await events.stop();
    await certificates.source.close();
    version.stop();
    await stops.stop();
    await namespaces.stop();
    endSurviving();
  }
}

function reach({ kubeconfig }: WebhookOptions): KubeApi {
  try {
    return connect(kubeconfig === null ? {} : { kubeconfig });
  } catch (error) {
    if (!(error instanceof HavocError)) throw error;
    throw new HavocError('webhook.no-cluster', error.message, { cause: error });
  }
}

interface Facts {
  synced: boolean;
  /** Unix time in seconds. */
  certificateEnds: number | null;
  leads: () => boolean;
  /** What rejected and nobody waited for. */
  bugs: number;
}

interface Parts {
  readonly api: KubeApi;
  readonly namespaces: WatchCache<Labels>;
  readonly stops: WatchCache<EmergencyStop>;
  readonly version: ClusterVersion;
  readonly facts: Facts;
  readonly log: Logger;
  readonly onError: (error: unknown) => void;
}

function openServer(
  { port, metricsPort, config }: WebhookOptions,
  { api, namespaces, stops, version, facts, log, onError }: Parts,
): Promise<WebhookServer> {
  const context = namespaceContext({
    known: namespaces,
    lookUp: async (name) => {
      const selection = { resource: resources.namespaces, namespace: null };
      const { items } = await api.list({ ...selection, fieldSelector: `metadata.name=${name}` });
      const [found] = items;
      return found === undefined ? null : (found.metadata.labels ?? {});
    },
    minor: () => version.minor,
    after: systemClock.after,
    onFailure: (_name, error) => onError(error),
  });
  const stop = (): EmergencyStop | null => stops.items()[0] ?? null;
  const injector = { by: 'webhook', version: programVersion() } as const;
  return WebhookServer.open({
    port,
    metricsPort,
    webhooks: {
      inject: injectWebhook({ config, injector, context, stop }),
      faults: faultsWebhook,
      experiments: experimentsWebhook,
    },
    metrics: createMetrics({
      certificateEnds: () => facts.certificateEnds,
      isLeader: () => facts.leads(),
      namespacesSynced: () => facts.synced,
      namespaces: () => namespaces.items().length,
      unhandledErrors: () => facts.bugs,
    }),
    notReady: () => (facts.synced ? [] : ['the namespaces are not known yet']),
    log,
    pause: (ms, signal) => sleep(ms, { clock: systemClock, signal }),
  }).catch(refusePort);
}

interface Certificates {
  readonly source: CertificateSource;
  lead(leads: boolean): void;
}

interface Makers {
  readonly api: KubeApi;
  readonly owner: OwnerReference | null;
  readonly log: Logger;
}

function openCertificates(options: WebhookOptions, { api, owner, log }: Makers): Certificates {
  const { certificates, namespace, service, port, webhookConfiguration } = options;
  if (certificates.kind === 'files') {
    const { directory } = certificates;
    return { source: new FileCertificates({ directory, clock: systemClock, log }), lead: () => {} };
  }
  const source = new SecretCertificates({
    ...{ api, namespace, service, port, webhookConfiguration, owner, log },
    secret: certificates.name,
    clock: systemClock,
    random: Math.random,
  });
  return { source, lead: (leads) => source.lead(leads) };
}

/** Without an owner what we make outlives us, which is better than not to serve. */
async function ownerOf(
  api: KubeApi,
  { namespace, service }: WebhookOptions,
  onError: (error: unknown) => void,
): Promise<OwnerReference | null> {
  try {
    return await readOwner(api, namespace, service);
  } catch (error) {
    onError(error);
    return null;
  }
}

/** Serves each certificate as it comes, until a signal asks for the end, or the port cannot be had. */
async function untilEnded(
  server: WebhookServer,
  source: CertificateSource,
  { facts, log }: Pick<Parts, 'facts' | 'log'>,
): Promise<void> {
  const failed = new Promise<never>((_resolve, reject) => {
    source.onBundle(({ certificatePem: certificate, keyPem: key, notAfterMs }) => {
      facts.certificateEnds = notAfterMs / 1000;
      server
        .serve({ certificate, key })
        .then((port) => log.info({ code: 'webhook.serves', port }, 'reviews are answered'))
        .catch(refusePort)
        .catch(reject);
    });
  });
  const signals = endingSignals(server, log);
  try {
    await Promise.race([signals.ended, failed]);
  } finally {
    signals.ignore();
    await server.close();
  }
}

function refusePort(error: unknown): never {
  const isSystem = error instanceof Error && 'syscall' in error && error.syscall === 'listen';
  if (!isSystem) throw error;
  throw new HavocError('webhook.listen-failed', `cannot listen: ${error.message}`, { cause: error });
}

const codeOf = (error: unknown): string => (error instanceof HavocError ? error.code : 'webhook.failed');
