/** `ls` over the pods of a cluster. */
import { type Console, printJson } from '../terminal/console.js';
import type { PodsFlags } from './cluster-flags.js';
import { listInjectedPods, readFaults, selectionOf } from './list-pods.js';
import { openCluster } from './open-cluster.js';
import { podRemarks, podSummary, podTable } from './pod-table.js';
import { isInsideCluster, SidecarReader } from './sidecar-reader.js';
import { currentStop, stopNote } from './stop/current-stop.js';

export async function lsPods(flags: PodsFlags, { json, env, out, err }: Console): Promise<void> {
  const cluster = await openCluster(flags);
  const [pods, stop] = await Promise.all([
    listInjectedPods(cluster, selectionOf(cluster, flags)),
    currentStop(cluster.api),
  ]);
  const found = await readFaults(pods, new SidecarReader(cluster, isInsideCluster(env)));
  if (json) return printJson(out, { stop, pods: found });
  for (const line of [...podTable(found, out), ...podRemarks(found, out)]) out.line(line);
  const note = stopNote(stop);
  if (note !== null) err.line(err.ink.red(note));
  err.line(podSummary(found));
}
