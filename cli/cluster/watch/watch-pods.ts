/**
 * Follows the faults of the pods of a cluster: which pods there are the API server tells, what is on in them each sidecar,
 * asked once a second.
 */
import { systemClock } from '../../../core/clock.js';
import { type HavocError, hasCode } from '../../../core/havoc-error.js';
import { sleep } from '../../../core/sleep.js';
import { WatchCache } from '../../../kube/watch-cache.js';
import type { Console } from '../../terminal/console.js';
import type { PodsFlags } from '../cluster-flags.js';
import { clusterLimits } from '../cluster-limits.js';
import type { ClusterPod } from '../cluster-pod.js';
import { injectedPod, inOrder, listInjectedPods, readFaults, selectionOf } from '../list-pods.js';
import { openCluster } from '../open-cluster.js';
import { isInsideCluster, SidecarReader } from '../sidecar-reader.js';
import { currentStop } from '../stop/current-stop.js';
import { podView } from './pod-views.js';

/** Resolves when a signal ends it; rejects where the pods may not be listed or watched. */
export async function watchPods(flags: PodsFlags, console: Console): Promise<void> {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ending.abort());
  const cluster = await openCluster(flags);
  const selection = selectionOf(cluster, flags);
  const reader = new SidecarReader(cluster, isInsideCluster(console.env));
  const view = podView(console, () => new Date());
  const refusals: HavocError[] = [];
  // What keeps it from beginning is an error, and not to be tried again and again.
  let injected = await listInjectedPods(cluster, selection);
  const show = async (): Promise<void> => {
    const [found, stop] = await Promise.all([readFaults(injected, reader), currentStop(cluster.api)]);
    view.show({ pods: found, stop });
  };
  await show();
  let isListed = false;
  const pods = new WatchCache<ClusterPod | null>({
    ...{ api: cluster.api, selection, keep: injectedPod, clock: systemClock, random: Math.random },
    onError: (error) => {
      const isRefused: boolean = hasCode(error, 'kube.forbidden', 'kube.unauthorized');
      if (isRefused) {
        refusals.push(error);
        ending.abort();
      } else view.trouble(error.message);
    },
  });
  pods.ready.then(() => {
    isListed = true;
  }, ignore);
  try {
    while (!ending.signal.aborted) {
      await sleep(clusterLimits.watchMs, { clock: systemClock, signal: ending.signal });
      if (ending.signal.aborted) break;
      if (isListed) injected = inOrder(pods.items().flatMap((pod) => pod ?? []));
      await show();
    }
  } finally {
    await pods.stop();
    view.close();
  }
  for (const refusal of refusals) throw refusal;
}

/** It was stopped before its first list came. */
const ignore = (): void => {};
