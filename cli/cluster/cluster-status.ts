/** `status` of a cluster: what is on in it, in a few rows. */
import { hasCode } from '../../core/havoc-error.js';
import { printable } from '../../core/printable.js';
import { type KubeObject, keyOf, type Resource } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { type Console, printJson } from '../terminal/console.js';
import { padTo } from '../terminal/width.js';
import type { PodsFlags } from './cluster-flags.js';
import { listInjectedPods, readFaults, selectionOf } from './list-pods.js';
import { type Cluster, openCluster } from './open-cluster.js';
import { podSummary } from './pod-table.js';
import { isInsideCluster, SidecarReader } from './sidecar-reader.js';
import { currentStop, stopRow } from './stop/current-stop.js';
import { isFinished } from './stop/stop-runs.js';

export async function clusterStatus(flags: PodsFlags, { json, env, out }: Console): Promise<void> {
  const cluster = await openCluster(flags);
  const selection = selectionOf(cluster, flags);
  const [stop, pods, experiments, isolations] = await Promise.all([
    currentStop(cluster.api),
    listInjectedPods(cluster, selection),
    namesOf(cluster, resources.experiments, selection.namespace, (one) => !isFinished(one)),
    namesOf(cluster, resources.nodeIsolations, null, () => true),
  ]);
  const found = await readFaults(pods, new SidecarReader(cluster, isInsideCluster(env)));
  const armed = found.flatMap(({ namespace, pod, faults }) =>
    faults.filter(({ state }) => state === 'armed').map(({ name }) => ({ namespace, pod, name })),
  );
  if (json) {
    const unknown = found.filter((pod) => pod.unknown !== null).length;
    return printJson(out, {
      stop,
      pods: { injected: found.length, unknown },
      armed,
      experiments,
      isolations,
    });
  }
  const rows: readonly (readonly [title: string, text: string])[] = [
    ['stop', stopRow(stop)],
    ['faults', podSummary(found)],
    ['experiments', experiments.length === 0 ? 'none goes on' : experiments.join(', ')],
    ['isolated', isolations.length === 0 ? 'no node' : isolations.join(', ')],
  ];
  for (const [title, text] of rows) out.line(`${out.ink.dim(padTo(title, 13))}${printable(text)}`);
}

/** None where there is no such kind, or where it may not be listed. */
async function namesOf(
  { api }: Cluster,
  resource: Resource,
  namespace: string | null,
  isMeant: (object: KubeObject) => boolean,
): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    await api.listEach({ resource, namespace }, (object) => {
      if (isMeant(object)) names.push(keyOf(object));
    });
  } catch (error) {
    if (!hasCode(error, 'kube.not-found', 'kube.forbidden')) throw error;
  }
  return names;
}
