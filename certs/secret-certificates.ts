/**
 * Certificates of our own, in a Secret that every replica reads and the leader writes.
 *
 *     const certificates = new SecretCertificates({ api, namespace, service, secret, ... });
 *     const leadership = new Leadership({ ..., onChange: (leads) => certificates.lead(leads) });
 *     certificates.onBundle(({ certificatePem, keyPem }) => server.serve({ certificate: certificatePem, key: keyPem }));
 *
 * What cannot be served with (half-written, expired, of another service) is passed over: what was served last goes
 * on being served until the leader has put it right. Needs `list` and `watch` on the Secret and on the two webhook
 * configurations, which may be granted by name; what the leader needs stands in rotation.ts.
 */
import type { KubeObject, Resource } from '../kube/kube-object.js';
import { resources } from '../kube/resources.js';
import { WatchCache } from '../kube/watch-cache.js';
import type { Bundle, CertificateSource } from './bundle.js';
import { LatestBundle } from './latest-bundle.js';
import { type Lifetimes, lifetimes } from './limits.js';
import { readSecret, type Secret } from './read-secret.js';
import { Rotation, type RotationOptions } from './rotation.js';
import { trustResources } from './trust.js';

export interface SecretCertificatesOptions extends Omit<RotationOptions, 'names' | 'lifetimes'> {
  readonly lifetimes?: Lifetimes;
}

export class SecretCertificates implements CertificateSource {
  readonly ready: Promise<void>;
  readonly #options: SecretCertificatesOptions;
  readonly #names: readonly string[];
  readonly #latest = new LatestBundle();
  readonly #rotation: Rotation;
  readonly #caches: readonly { stop(): Promise<void> }[];

  constructor(options: SecretCertificatesOptions) {
    this.#options = options;
    this.#names = serviceNames(options.service, options.namespace);
    this.ready = this.#latest.ready;
    this.#rotation = new Rotation({ lifetimes, ...options, names: this.#names });
    const { namespace, secret, webhookConfiguration } = options;
    const secrets = this.#watch(resources.secrets, namespace, secret);
    secrets.onChange((change) => {
      this.#read(change.kind === 'removed' ? null : change.item);
    });
    const configurations = trustResources.map((resource) =>
      this.#watch(resource, null, webhookConfiguration),
    );
    for (const cache of [secrets, ...configurations]) cache.onChange(() => this.#rotation.look());
    this.#caches = [secrets, ...configurations];
  }

  onBundle(listener: (bundle: Bundle) => void): () => void {
    return this.#latest.onBundle(listener);
  }

  /** Whether this replica is the one that writes. */
  lead(leads: boolean): void {
    this.#rotation.lead(leads);
  }

  async close(): Promise<void> {
    this.#latest.close();
    await this.#rotation.close();
    await Promise.all(this.#caches.map((cache) => cache.stop()));
  }

  #read(secret: Secret | null): void {
    const { clock, log, secret: name } = this.#options;
    const held = readSecret(secret, this.#names, clock.wallMs());
    this.#rotation.note(held);
    if (held.leaf === null) {
      const code = secret === null ? 'certificates.absent' : 'certificates.unusable';
      log.warn(
        { code, secret: name },
        'nothing in the Secret can be served with, so what was before still is',
      );
      return;
    }
    if (this.#latest.set(held.leaf)) {
      const notAfter = new Date(held.leaf.notAfterMs).toISOString();
      log.info({ code: 'certificates.served', secret: name, notAfter }, 'a new certificate is served');
    }
  }

  #watch(resource: Resource, namespace: string | null, name: string): WatchCache<KubeObject> {
    const { api, clock, random, log } = this.#options;
    return new WatchCache({
      api,
      selection: { resource, namespace, fieldSelector: `metadata.name=${name}` },
      keep: (object) => object,
      clock,
      random,
      onError: (error) =>
        log.warn({ code: error.code, err: error }, `watching the ${resource.plural} failed, trying again`),
    });
  }
}

/** The names by which the API server and others in the cluster call a Service. */
export function serviceNames(service: string, namespace: string): readonly string[] {
  const name = `${service}.${namespace}`;
  return [`${name}.svc`, `${name}.svc.cluster.local`, name];
}
