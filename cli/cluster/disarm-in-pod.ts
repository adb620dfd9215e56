/** `disarm` on a pod of a cluster: takes annotations away, and waits until the sidecar says that their faults are off. */
import { HavocError } from '../../core/havoc-error.js';
import { nearest } from '../../core/nearest.js';
import { sidecar } from '../../core/pod-layout.js';
import { printable } from '../../core/printable.js';
import { type Console, printJson } from '../terminal/console.js';
import { annotatedFault, annotateFaults, confirm } from './annotate-faults.js';
import type { NamespaceFlags } from './cluster-flags.js';
import { type ClusterPod, podKey } from './cluster-pod.js';
import { findPod } from './find-pod.js';
import { openCluster } from './open-cluster.js';
import { isInsideCluster, SidecarReader } from './sidecar-reader.js';

/** `name` null: all of them. */
export async function disarmInPod(
  podName: string,
  name: string | null,
  flags: NamespaceFlags,
  console: Console,
): Promise<void> {
  const { json, out, err, env } = console;
  const cluster = await openCluster(flags);
  const pod = await findPod(cluster, podName);
  const names = name === null ? [...pod.annotated.keys()] : [annotatedName(pod, name)];
  const reader = new SidecarReader(cluster, isInsideCluster(env));
  if (names.length > 0)
    await annotateFaults(cluster.api, pod, Object.fromEntries(names.map((one) => [one, null])));
  const confirmation = await confirm(reader, pod, (faults) =>
    names.every((one) => annotatedFault(faults, one) === undefined),
  );
  const others =
    confirmation.kind === 'seen' ? confirmation.faults.filter(({ state }) => state === 'armed') : [];
  const unknown = confirmation.kind === 'seen' ? null : confirmation.why;
  if (json) {
    const left = others.map((fault) => fault.name);
    return printJson(out, { namespace: pod.namespace, pod: pod.name, disarmed: names, left, unknown });
  }
  const key = podKey(pod);
  out.line(names.length === 0 ? `no fault is annotated on ${key}` : `disarmed ${names.join(', ')} in ${key}`);
  if (unknown !== null) err.line(`${err.ink.yellow('note:')} whether it is off is unknown: ${unknown}`);
  if (name === null)
    for (const fault of others) err.line(`${err.ink.yellow('note:')} ${fromWithin(pod, fault.name)}`);
}

function annotatedName(pod: ClusterPod, name: string): string {
  const names = [...pod.annotated.keys()];
  if (names.includes(name)) return name;
  const likely = nearest(name.slice(0, 63), names);
  const wayOut =
    likely === undefined ? `to see them: havock8s ls -n ${pod.namespace}` : `did you mean "${likely}"?`;
  throw new HavocError(
    'pod.no-such-fault',
    `no fault called "${printable(name)}" is annotated on pod ${podKey(pod)}; ${wayOut}`,
  );
}

/** Armed at the endpoint that the sidecar has within the pod: no annotation switches it off. */
const fromWithin = ({ namespace, name }: ClusterPod, fault: string): string =>
  `${fault} was armed within the pod, and goes on; to end it: kubectl exec ${name} -n ${namespace} -c ${sidecar.faults} -- havock8s disarm ${fault}`;
