/**
 * Asks the sidecar of a pod for its list of faults, by the port that only reads.
 *
 *     in the cluster   the pod's own address, else the API server's proxy
 *     from outside     the API server's proxy, else the pod's own address
 *
 * From outside an address of the cluster may be somebody else's as well, so that it is the last resort there; and whoever answers
 * says which pod it is. The way that answered is tried first from then on. The proxy takes the verb get on pods/proxy.
 */
import { systemClock } from '../../core/clock.js';
import { messageOf } from '../../core/havoc-error.js';
import { writeHostAndPort } from '../../core/host-and-port.js';
import { answerOf, type ShownFault } from '../client/answers.js';
import { exchange } from '../client/exchange.js';
import { clusterLimits } from './cluster-limits.js';
import type { ClusterPod } from './cluster-pod.js';
import type { Cluster } from './open-cluster.js';

export type SidecarAnswer =
  | { readonly kind: 'faults'; readonly faults: readonly ShownFault[] }
  /** `why` is one sentence without a full stop. */
  | { readonly kind: 'unknown'; readonly why: string };

interface Way {
  readonly name: string;
  ask(pod: ReadablePod, ms: number): Promise<unknown>;
}

interface ReadablePod {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

const path = '/v1/faults';

export class SidecarReader {
  #ways: readonly [first: Way, second: Way];

  constructor({ ask }: Pick<Cluster, 'ask'>, isInside: boolean) {
    const direct: Way = {
      name: 'at its address',
      ask: async ({ address, port }, ms) => {
        const base = new URL(`http://${writeHostAndPort({ host: address, port })}`);
        const { status, body } = await exchange(base, { method: 'GET', path }, ms);
        return status === 200 ? body : Promise.reject(new Error(`it answered ${status}`));
      },
    };
    const proxy: Way = {
      name: 'through the API server',
      ask: ({ namespace, name, port }, ms) =>
        ask({ method: 'GET', path: `/api/v1/namespaces/${namespace}/pods/${name}:${port}/proxy${path}` }, ms),
    };
    this.#ways = isInside ? [direct, proxy] : [proxy, direct];
  }

  /** Never rejects, and takes at most `clusterLimits.readMs`. */
  async faultsOf({
    namespace,
    name,
    uid,
    address,
    readOnlyPort,
    isInjected,
  }: ClusterPod): Promise<SidecarAnswer> {
    if (!isInjected) return unknown('it has no sidecar');
    if (readOnlyPort === null)
      return unknown('its sidecar has no port to be read by; a pod that is made again may have one');
    if (address === null) return unknown('it has no address yet');
    const pod = { namespace, name, address, port: readOnlyPort };
    const untilMs = systemClock.monotonicMs() + clusterLimits.readMs;
    const reasons: string[] = [];
    const [first, second] = this.#ways;
    for (const [way, ms] of [
      [first, clusterLimits.readMs / 2],
      [second, null],
    ] as const) {
      const leftMs = Math.ceil(ms ?? Math.max(1, untilMs - systemClock.monotonicMs()));
      try {
        const { faults, sidecar } = await answerOf('FaultList', await way.ask(pod, leftMs), 'body');
        if (sidecar.pod !== null && sidecar.pod.uid !== uid)
          throw new Error(`pod ${sidecar.pod.namespace}/${sidecar.pod.name} answered (${sidecar.pod.uid})`);
        if (way === second) this.#ways = [second, first];
        return { kind: 'faults', faults };
      } catch (error) {
        reasons.push(`${way.name}: ${messageOf(error).split('\n')[0]}`);
      }
    }
    return unknown(reasons.join('; '));
  }
}

const unknown = (why: string): SidecarAnswer => ({ kind: 'unknown', why });

export const isInsideCluster = (env: NodeJS.ProcessEnv): boolean =>
  env['KUBERNETES_SERVICE_HOST'] !== undefined;
