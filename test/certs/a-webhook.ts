/**
 * A webhook's registration and its replicas: each reads the Secret and serves HTTPS on an address of the loopback,
 * as the product does, and answers every review with its own name.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import type { Bundle } from '../../certs/bundle.js';
import type { Lifetimes } from '../../certs/limits.js';
import { readSecret, type Secret } from '../../certs/read-secret.js';
import { SecretCertificates, serviceNames } from '../../certs/secret-certificates.js';
import type { Clock } from '../../core/clock.js';
import type { KubeApi } from '../../kube/kube-api.js';
import type { KubeObject, OwnerReference } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { listenSecurely, type SecureListening } from '../../webhook/server/listen.js';
import type { ManualClock } from '../core/manual-clock.js';

export const place = {
  namespace: 'havock8s-system',
  service: 'havock8s-webhook',
  secret: 'havock8s-webhook-tls',
  webhookConfiguration: 'havock8s',
};
export const names = serviceNames(place.service, place.namespace);
export const secretTarget = { resource: resources.secrets, namespace: place.namespace, name: place.secret };
export const mutating = {
  resource: resources.mutatingWebhookConfigurations,
  namespace: null,
  name: 'havock8s',
};
export const validating = { ...mutating, resource: resources.validatingWebhookConfigurations };

/**
 * Short enough for a leader to rest a minute at most, which tells its timer from those of the watches; and fifty of
 * these leaves span less than the hour by which certificates are backdated, so that OpenSSL, which has a clock of its
 * own, finds each of them valid at any time of the test.
 */
export const shortLives: Lifetimes = { leafMs: 90_000, authorityMs: 240_000 };
const restMs = 60_000;

/** Waits until the leader has nothing to do, and goes on to when it has. */
export async function toNextRound(clock: ManualClock): Promise<void> {
  await clock.timer(restMs);
  clock.advance(clock.nextInMs(restMs));
}

export interface Configuration extends KubeObject {
  readonly webhooks: readonly {
    readonly name: string;
    readonly clientConfig: { readonly caBundle?: string };
  }[];
}

/** Both configurations, the mutating one with two webhooks, so that none is forgotten. */
export async function register(api: KubeApi): Promise<void> {
  const webhook = (name: string) => ({
    name,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Ignore',
    clientConfig: { service: { namespace: place.namespace, name: place.service } },
    rules: [
      {
        operations: ['CREATE'],
        apiGroups: ['apps'],
        apiVersions: ['v1'],
        resources: ['controllerrevisions'],
      },
    ],
  });
  for (const [{ resource }, webhooks] of [
    [mutating, [webhook('inject.havock8s.io'), webhook('again.havock8s.io')]],
    [validating, [webhook('faults.havock8s.io')]],
  ] as const) {
    const object = {
      apiVersion: resource.apiVersion,
      kind: resource.kind,
      metadata: { name: 'havock8s' },
      webhooks,
    };
    await api.create({ resource, namespace: null }, object);
  }
}

export async function listEndpoints(api: KubeApi, addresses: readonly string[], port: number): Promise<void> {
  const resource = resources.endpointSlices;
  await api.create<KubeObject>({ resource, namespace: place.namespace }, {
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    metadata: {
      name: 'havock8s-webhook-1',
      namespace: place.namespace,
      labels: { 'kubernetes.io/service-name': place.service },
    },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  } as KubeObject);
}

export interface ReplicaOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly port: number;
  readonly address?: string;
  readonly lifetimes?: Lifetimes;
  readonly owner?: OwnerReference;
}

export interface Replica {
  readonly certificates: SecretCertificates;
  readonly bundles: readonly Bundle[];
  /** The code of each line of its log. */
  readonly codes: readonly string[];
  readonly address: string;
}

/** Closed when the test ends. It serves from its first bundle on. */
export function startReplica(t: TestContext, options: ReplicaOptions): Replica {
  const { api, clock, port, address = '127.0.0.1', lifetimes, owner = null } = options;
  const codes: string[] = [];
  const bundles: Bundle[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void codes.push(JSON.parse(line).code) });
  const certificates = new SecretCertificates({
    ...place,
    api,
    clock,
    port,
    owner,
    random: () => 0.5,
    log,
    ...(lifetimes && { lifetimes }),
  });
  let listening: Promise<SecureListening> | null = null;
  certificates.onBundle((bundle) => {
    bundles.push(bundle);
    const pair = { certificate: bundle.certificatePem, key: bundle.keyPem };
    if (listening === null) listening = listenSecurely(answerReview(address), pair, { host: address, port });
    else void listening.then((server) => server.serve(pair));
  });
  t.after(async () => {
    await certificates.close();
    await (await listening)?.close(0);
  });
  return { certificates, bundles, codes, address };
}

const answerReview = (address: string) => async (request: IncomingMessage, response: ServerResponse) => {
  for await (const _chunk of request);
  response.end(JSON.stringify({ response: { allowed: true, by: address } }));
};

export async function heldIn(api: KubeApi, nowMs: number) {
  return readSecret(await api.get<Secret>(secretTarget), names, nowMs);
}

/** What each webhook of both configurations has, as PEM. */
export async function caBundles(api: KubeApi): Promise<readonly string[]> {
  const found = await Promise.all([api.get<Configuration>(mutating), api.get<Configuration>(validating)]);
  return found.flatMap((configuration) =>
    (configuration?.webhooks ?? []).map(({ clientConfig }) =>
      Buffer.from(clientConfig.caBundle ?? '', 'base64').toString(),
    ),
  );
}
