/** A cluster in memory, whose sidecars do at once what the annotations of their pods say; and a clock that waits for nobody. */
import type { ShownFault } from '../../../../cli/client/answers.js';
import type { ClusterPod } from '../../../../cli/cluster/cluster-pod.js';
import type { SidecarAnswer } from '../../../../cli/cluster/sidecar-reader.js';
import { type StopResult, stopAll } from '../../../../cli/cluster/stop/stop-all.js';
import type { Clock } from '../../../../core/clock.js';
import { annotation, faultPrefix, injectedLabel } from '../../../../core/keys.js';
import type { KubeObject } from '../../../../kube/kube-object.js';
import { resources } from '../../../../kube/resources.js';
import { ObjectStore } from '../../../kube/object-store.js';
import { aFault, aPod, type PodOptions } from '../a-pod.js';

export const startMs = Date.parse('2026-01-02T03:04:05Z');

/** Its time passes by what is waited for alone. */
export function hastyClock(): Clock {
  let ms = 0;
  return {
    wallMs: () => startMs + ms,
    monotonicMs: () => ms,
    after: (waitMs, run) => {
      const timer = setImmediate(() => {
        ms += waitMs;
        run();
      });
      return () => clearImmediate(timer);
    },
  };
}

export class TestCluster {
  readonly api = new ObjectStore();
  readonly clock = hastyClock();
  /** By the name of the pod: armed within it. */
  readonly within = new Map<string, ShownFault>();
  /** Names of pods whose sidecar does not answer. */
  readonly silent = new Set<string>();

  async pod(
    name: string,
    options: Omit<PodOptions, 'name'> & { readonly isOlder?: boolean } = {},
  ): Promise<void> {
    const labels = options.isOlder === true ? {} : { [injectedLabel]: 'true' };
    const pod = aPod({ readOnlyPort: 7809, ...options, name, labels });
    await this.api.create({ resource: resources.pods, namespace: 'shop' }, pod);
  }

  async get(name: string): Promise<KubeObject> {
    const pod = await this.api.get({ resource: resources.pods, namespace: 'shop', name });
    if (pod === null) throw new TypeError(`there is no ${name}`);
    return pod;
  }

  /** Names of faults that are annotated anywhere. */
  async annotated(): Promise<readonly string[]> {
    const { items } = await this.api.list({ resource: resources.pods, namespace: null });
    return items.flatMap(({ metadata }) => Object.keys(metadata.annotations ?? {}).filter(isFault));
  }

  async faultsOf({ name }: ClusterPod): Promise<SidecarAnswer> {
    if (this.silent.has(name)) return { kind: 'unknown', why: 'nobody answers' };
    const annotations = (await this.get(name)).metadata.annotations ?? {};
    const annotated = Object.keys(annotations)
      .filter(isFault)
      .map((key) => aFault({ name: key.slice(faultPrefix.length) }));
    const hand = this.within.get(name);
    const before = annotations[annotation.disarm];
    const isOff =
      hand?.startedAt != null && before !== undefined && Date.parse(hand.startedAt) <= Date.parse(before);
    return { kind: 'faults', faults: hand === undefined || isOff ? annotated : [...annotated, hand] };
  }

  stop(reason = 'pager'): Promise<StopResult> {
    const { api, clock } = this;
    const faultsOf = (pod: ClusterPod): Promise<SidecarAnswer> => this.faultsOf(pod);
    return stopAll({ api, clock, reason, faultsOf, userOf: async () => 'alice' });
  }
}

const isFault = (key: string): boolean => key.startsWith(faultPrefix);
