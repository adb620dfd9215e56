/**
 * A run whose journal is lost, or can be written no more: whatever it may have armed goes off by the name of its
 * annotations, and is seen to be off, or is waited for; nodes that it has marked are given back. Then nothing of it is left to
 * be taken back.
 */

import type { Clock } from '../core/clock.js';
import { hasCode, messageOf } from '../core/havoc-error.js';
import { faultPrefix } from '../core/keys.js';
import { sleep } from '../core/sleep.js';
import { sweepNodes } from '../experiment/worlds/kubernetes/node/sweep-nodes.js';
import { type PodView, podView } from '../experiment/worlds/kubernetes/pod-view.js';
import type { ReadSidecar } from '../experiment/worlds/kubernetes/sidecar-reader.js';
import type { KubeApi } from '../kube/kube-api.js';
import { resources } from '../kube/resources.js';
import { controllerLimits } from './limits.js';

export interface LetGoOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly readSidecar: ReadSidecar;
  readonly namespace: string;
  /** Of the run. */
  readonly name: string;
  readonly uid: string;
}

const lookMs = 500;

/** Resolves with what could not be seen to be off; empty: all is. Rejects where the API server does not answer. */
export async function letGo(options: LetGoOptions): Promise<readonly string[]> {
  const { clock } = options;
  const untilMs = clock.monotonicMs() + controllerLimits.letGoMs;
  const hit = new Set<string>();
  for (;;) {
    const pods = await podsOf(options);
    await Promise.all(pods.map((pod) => withoutFaults(pod, options, hit)));
    const armed = (await Promise.all(pods.map((pod) => stillArmed(pod, options, hit)))).flat();
    const left = [...armed, ...(await stillOnNodes(options))];
    if (left.length === 0 || clock.monotonicMs() >= untilMs) return left;
    await sleep(lookMs, { clock });
  }
}

async function podsOf({ api, namespace }: LetGoOptions): Promise<readonly PodView[]> {
  const pods: PodView[] = [];
  await api.listEach({ resource: resources.pods, namespace }, (object) => pods.push(podView(object)));
  return pods;
}

/** `hit`: UIDs of the pods that had one. */
async function withoutFaults(pod: PodView, { api, name }: LetGoOptions, hit: Set<string>): Promise<void> {
  const names = [...pod.faults.keys()].filter((fault) => isOf(name, fault));
  if (names.length === 0) return;
  hit.add(pod.uid);
  const annotations = Object.fromEntries(names.map((fault) => [faultPrefix + fault, null]));
  try {
    await api.patch(
      { resource: resources.pods, namespace: pod.namespace, name: pod.name },
      { kind: 'merge', body: { metadata: { uid: pod.uid, annotations } } },
    );
  } catch (error) {
    if (!hasCode(error, 'kube.not-found', 'kube.conflict')) throw error;
  }
}

async function stillArmed(
  pod: PodView,
  { readSidecar, name }: LetGoOptions,
  hit: ReadonlySet<string>,
): Promise<readonly string[]> {
  if (!hit.has(pod.uid) || pod.port === null) return [];
  try {
    const { faults } = await readSidecar(pod);
    return faults
      .filter((fault) => fault.state === 'armed' && isOf(name, fault.name))
      .map((fault) => `${fault.name} on ${pod.name}`);
  } catch (error) {
    return [`whatever it had on ${pod.name}: ${messageOf(error)}`];
  }
}

/** An installation without node failure has nothing on nodes. */
async function stillOnNodes({ api, clock, uid }: LetGoOptions): Promise<readonly string[]> {
  try {
    const swept = await sweepNodes(api, clock.wallMs(), { of: uid });
    return swept
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ what, node, message }) => `the ${what} of node ${node}: ${message}`);
  } catch (error) {
    if (hasCode(error, 'kube.forbidden')) return [];
    throw error;
  }
}

/** The name of a run has no dot; see `annotationName`. */
const isOf = (run: string, fault: string): boolean => fault.startsWith(`${run}.`);
