/**
 * Waits until the sidecar of a pod says that nothing is armed.
 *
 *     ask ─┬─ nothing armed ──────────────────────► off
 *          ├─ armed within the pod ─► annotation `havock8s.io/disarm`, once ─► ask again
 *          ├─ armed still ───────────► ask again, until it has taken too long ─► armed
 *          └─ no answer, five times ─► the same annotation, blindly ───────────► unknown, or gone
 */
import type { Clock } from '../../../core/clock.js';
import { messageOf } from '../../../core/havoc-error.js';
import { annotation } from '../../../core/keys.js';
import { sleep } from '../../../core/sleep.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import { resources } from '../../../kube/resources.js';
import type { ShownFault } from '../../client/answers.js';
import { type ClusterPod, readClusterPod } from '../cluster-pod.js';
import type { SidecarReader } from '../sidecar-reader.js';
import { persist } from './persist.js';
import { stopLimits } from './stop-limits.js';

export type PodEnd =
  | { readonly kind: 'off' }
  /** The pod is there no more, or all its containers have ended. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'armed'; readonly faults: readonly ShownFault[] }
  /** `why` is one sentence without a full stop. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface CheckOptions {
  readonly api: KubeApi;
  readonly faultsOf: SidecarReader['faultsOf'];
  readonly clock: Clock;
}

/** Never rejects. */
export async function checkOff(pod: ClusterPod, { api, faultsOf, clock }: CheckOptions): Promise<PodEnd> {
  const untilMs = clock.monotonicMs() + stopLimits.offMs;
  let isTold = false;
  for (let unanswered = 0; ; ) {
    const answer = await faultsOf(pod);
    if (answer.kind === 'unknown') {
      unanswered++;
      if (unanswered >= stopLimits.unanswered || pod.readOnlyPort === null)
        return unaskable(pod, answer.why, { api, clock });
      await sleep(stopLimits.unansweredMs * 2 ** (unanswered - 1), { clock });
      continue;
    }
    unanswered = 0;
    const armed = answer.faults.filter(({ state }) => state === 'armed');
    if (armed.length === 0) return { kind: 'off' };
    const within = armed.filter(({ source }) => source !== 'annotation');
    if (within.length > 0 && !isTold) {
      isTold = true;
      await disarmWithin(pod, beforeMs(within, clock), { api, clock });
    }
    if (clock.monotonicMs() >= untilMs) return { kind: 'armed', faults: armed };
    await sleep(stopLimits.pollMs, { clock });
  }
}

/** By the clock of the node, which may be ahead of ours. */
const beforeMs = (faults: readonly ShownFault[], clock: Clock): number =>
  Math.max(
    clock.wallMs(),
    ...faults.map(({ startedAt }) => (startedAt === null ? 0 : Date.parse(startedAt))),
  );

async function unaskable(
  pod: ClusterPod,
  why: string,
  options: Omit<CheckOptions, 'faultsOf'>,
): Promise<PodEnd> {
  const { api, clock } = options;
  const { namespace, name, uid } = pod;
  const refused = await disarmWithin(pod, clock.wallMs(), options);
  try {
    const object = await persist(() => api.get({ resource: resources.pods, namespace, name }), clock);
    const isThere = object?.metadata.uid === uid && !readClusterPod(object).hasEnded;
    if (!isThere) return { kind: 'gone' };
  } catch {
    // Whether it is there is not known either.
  }
  return { kind: 'unknown', why: refused === null ? why : `${why}; ${refused}` };
}

/** Switches off what was armed within the pod; resolves with why that could not be asked for. */
async function disarmWithin(
  { namespace, name }: ClusterPod,
  beforeMs: number,
  { api, clock }: Omit<CheckOptions, 'faultsOf'>,
): Promise<string | null> {
  const annotations = { [annotation.disarm]: new Date(beforeMs).toISOString() };
  try {
    const target = { resource: resources.pods, namespace, name };
    await persist(() => api.patch(target, { kind: 'merge', body: { metadata: { annotations } } }), clock);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
