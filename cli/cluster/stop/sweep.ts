/**
 * Takes every fault away from every pod of the cluster, and has each sidecar checked.
 *
 *     pods with our label    ─┐                                      ┌─► check each sidecar, as soon as that is done
 *                             ├─ pass ─► annotations are taken away ─┤
 *     pods without it        ─┘                                      └─► again, until a pass finds none: somebody may
 *                                                                        have been faster than the EmergencyStop
 */
import { atMost, limited } from '../../../core/at-most.js';
import { hasCode, messageOf } from '../../../core/havoc-error.js';
import { injectedLabel, injectedValue } from '../../../core/keys.js';
import { resources } from '../../../kube/resources.js';
import { annotateFaults } from '../annotate-faults.js';
import { clusterLimits } from '../cluster-limits.js';
import { type ClusterPod, readClusterPod } from '../cluster-pod.js';
import { type CheckOptions, checkOff, type PodEnd } from './check-off.js';
import { persist } from './persist.js';
import { stopLimits } from './stop-limits.js';

export interface SweptPod {
  readonly pod: ClusterPod;
  /** Sentences by name, that were annotated and are not any more. */
  readonly disarmed: ReadonlyMap<string, string>;
  /** Why annotations could not be taken away. */
  readonly refused: string | null;
  /** Null: it has no sidecar. */
  readonly end: PodEnd | null;
}

const selections = [`${injectedLabel}=${injectedValue}`, `${injectedLabel}!=${injectedValue}`] as const;

export class Sweep {
  /** Pods that could not be listed, and why. */
  readonly problems: string[] = [];
  readonly #options: CheckOptions;
  readonly #swept = new Map<string, SweptPod>();
  readonly #checks: Promise<void>[] = [];

  constructor(options: CheckOptions) {
    this.#options = { ...options, faultsOf: limited(clusterLimits.readsAtOnce, options.faultsOf) };
  }

  /** Resolves with how many annotations were there once they are away; checks go on. Never rejects. */
  async pass(): Promise<number> {
    this.problems.length = 0;
    const counts = await Promise.all(selections.map((selection) => this.#passOver(selection)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Every pod that has a sidecar, or had a fault annotated, when all checks have ended. */
  async result(): Promise<readonly SweptPod[]> {
    // Each may begin another.
    for (let count = 0; count < this.#checks.length; ) {
      count = this.#checks.length;
      await Promise.all(this.#checks);
    }
    return [...this.#swept.values()];
  }

  async #passOver(labelSelector: string): Promise<number> {
    const { api, clock } = this.#options;
    const pods: ClusterPod[] = [];
    const list = (): Promise<unknown> => {
      pods.length = 0;
      return api.listEach({ resource: resources.pods, namespace: null, labelSelector }, (object) => {
        const pod = readClusterPod(object);
        if (this.#isToDo(pod)) pods.push(pod);
      });
    };
    try {
      await persist(list, clock);
    } catch (error) {
      this.problems.push(`pods with ${labelSelector} could not be listed: ${messageOf(error)}`);
    }
    await atMost(stopLimits.patchesAtOnce, pods, (pod) => this.#disarm(pod));
    return pods.reduce((sum, { annotated }) => sum + annotated.size, 0);
  }

  /** It is new, or has a fault again. */
  #isToDo({ uid, isInjected, hasEnded, annotated }: ClusterPod): boolean {
    return annotated.size > 0 || (isInjected && !hasEnded && !this.#swept.has(uid));
  }

  async #disarm(pod: ClusterPod): Promise<void> {
    const before = this.#swept.get(pod.uid)?.disarmed ?? new Map<string, string>();
    const refused = await this.#takeAway(pod);
    const disarmed = refused === null ? new Map([...before, ...pod.annotated]) : before;
    const swept: SweptPod = { pod, disarmed, refused, end: null };
    this.#swept.set(pod.uid, swept);
    if (pod.isInjected && !pod.hasEnded) this.#checks.push(this.#check(swept));
  }

  async #takeAway(pod: ClusterPod): Promise<string | null> {
    const { api, clock } = this.#options;
    const { namespace, name, annotated } = pod;
    if (annotated.size === 0) return null;
    const faults = Object.fromEntries([...annotated.keys()].map((fault) => [fault, null]));
    try {
      // Whichever pod has the name by now.
      await persist(() => annotateFaults(api, { namespace, name }, faults), clock);
      return null;
    } catch (error) {
      return hasCode(error, 'kube.not-found') ? null : messageOf(error);
    }
  }

  /** A pod that was swept again meanwhile has a check of its own. */
  async #check(swept: SweptPod): Promise<void> {
    const end = await checkOff(swept.pod, this.#options);
    if (this.#swept.get(swept.pod.uid) === swept) this.#swept.set(swept.pod.uid, { ...swept, end });
  }
}
