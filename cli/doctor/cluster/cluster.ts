/** What the checks ask of a cluster: each thing once, when the first of them wants it. */

import { HavocError, hasCode } from '../../../core/havoc-error.js';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import { minorOf } from '../../../webhook/context/cluster-version.js';
import { defaultConfig, type InjectionConfig } from '../../../webhook/injection-config.js';
import { readConfig } from '../../../webhook/read-config.js';
import { doctorLimits } from '../doctor-limits.js';
import type { ClusterFlags } from './cluster-flags.js';
import type { Kubectl } from './kubectl.js';
import { listOf, type Named, namedOf, textAt } from './objects.js';
import { type SeenPod, seenPod } from './seen-pod.js';

/** Of the manifests: nothing of ours is ever called otherwise. */
export const ourName = 'havock8s';
export const webhookName = 'havock8s-webhook';

export interface ClusterOptions {
  readonly kubectl: Kubectl;
  readonly flags: ClusterFlags;
  /** What `/version` said, and the API server's clock then. */
  readonly version: unknown;
  readonly dateMs: number;
}

export class Cluster {
  readonly minor: number | null;
  readonly #askedAt = performance.now();
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(readonly options: ClusterOptions) {
    this.minor = minorOf(options.version);
  }

  /** By the API server's clock, to a second: whoever runs the doctor may have any. */
  get nowMs(): number {
    return this.options.dateMs + performance.now() - this.#askedAt;
  }

  mutating(): Promise<unknown> {
    return this.#one(`/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${ourName}`);
  }

  validating(): Promise<unknown> {
    return this.#one(`/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${ourName}`);
  }

  /** Of the webhook: its service's. Null: no webhook is registered. */
  async system(): Promise<string | null> {
    const service = ['webhooks', 0, 'clientConfig', 'service', 'namespace'];
    const [mutating, validating] = [await this.mutating(), await this.validating()];
    return textAt(mutating, service) ?? textAt(validating, service);
  }

  deployment(system: string): Promise<unknown> {
    return this.#one(`/apis/apps/v1/namespaces/${system}/deployments/${webhookName}`);
  }

  async endpoints(system: string): Promise<readonly unknown[]> {
    const query = `labelSelector=kubernetes.io/service-name%3D${webhookName}`;
    return listOf(await this.#one(`/apis/discovery.k8s.io/v1/namespaces/${system}/endpointslices?${query}`));
  }

  secret(system: string, name: string): Promise<unknown> {
    return this.#one(`/api/v1/namespaces/${system}/secrets/${name}`);
  }

  /** What pods are injected with now; without a webhook, or the right to look, what they are without being told. */
  async config(): Promise<InjectionConfig> {
    const system = await this.system().catch(orNull);
    if (system === null) return defaultConfig;
    const map = await this.#one(`/api/v1/namespaces/${system}/configmaps/${webhookName}`).catch(orNull);
    const text = textAt(map, ['data', 'injection.yaml']);
    const reading = text === null ? null : readConfig(text);
    return reading?.kind === 'config' ? reading.config : defaultConfig;
  }

  /** Those that are asked about. */
  async namespaces(): Promise<readonly Named[]> {
    const { namespace } = this.options.flags;
    if (namespace !== undefined) {
      const one = await this.#one(`/api/v1/namespaces/${namespace}`);
      if (one === null) throw new HavocError('doctor.absent', `there is no namespace ${namespace}`);
      return namedOf([one]);
    }
    return namedOf(listOf(await this.#one(`/api/v1/namespaces?limit=${doctorLimits.objects}`)));
  }

  async optedIn(): Promise<readonly Named[]> {
    return (await this.namespaces()).filter(({ labels }) => labels[injectionLabel] === injectionEnabled);
  }

  async nodes(): Promise<readonly unknown[]> {
    return listOf(await this.#one(`/api/v1/nodes?limit=${doctorLimits.objects}`));
  }

  async leases(): Promise<readonly unknown[]> {
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    return listOf(await this.#one(`${path}?limit=${doctorLimits.objects}`));
  }

  async pods(): Promise<readonly SeenPod[]> {
    const { namespace, allNamespaces } = this.options.flags;
    const limit = `limit=${doctorLimits.objects}`;
    if (allNamespaces === true) return this.#podsAt(`/api/v1/pods?${limit}`);
    const names = namespace === undefined ? (await this.optedIn()).map(({ name }) => name) : [namespace];
    const lists = names
      .slice(0, doctorLimits.namespaces)
      .map((name) => this.#podsAt(`/api/v1/namespaces/${name}/pods?${limit}`));
    return (await Promise.all(lists)).flat();
  }

  async #podsAt(path: string): Promise<readonly SeenPod[]> {
    return listOf(await this.#one(path)).flatMap((pod) => seenPod(pod) ?? []);
  }

  /** Null where there is none of that name. */
  #one(path: string): Promise<unknown> {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const asked = this.options.kubectl.get(path).catch((error: unknown) => {
      if (hasCode(error, 'doctor.absent')) return null;
      throw error;
    });
    this.#known.set(path, asked);
    return asked;
  }
}

function orNull(error: unknown): null {
  if (error instanceof HavocError) return null;
  throw error;
}
