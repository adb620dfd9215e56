/** What the webhook keeps of the cluster, so that a review need not ask. */
import { systemClock } from '../../core/clock.js';
import { hasCode } from '../../core/havoc-error.js';
import { type EmergencyStop, readEmergencyStop } from '../../kube/emergency-stop.js';
import type { KubeApi } from '../../kube/kube-api.js';
import { resources } from '../../kube/resources.js';
import { WatchCache } from '../../kube/watch-cache.js';
import type { Labels } from './namespaces.js';

export const watchNamespaces = (api: KubeApi, onError: (error: unknown) => void): WatchCache<Labels> =>
  new WatchCache({
    api,
    selection: { resource: resources.namespaces, namespace: null },
    keep: ({ metadata: { labels = {} } }) => labels,
    clock: systemClock,
    random: Math.random,
    onError,
  });

/** Where there is no such kind, as beside a cluster without our manifests, nothing is ever stopped. */
export const watchStops = (api: KubeApi, onError: (error: unknown) => void): WatchCache<EmergencyStop> =>
  new WatchCache({
    api,
    selection: { resource: resources.emergencyStops, namespace: null },
    keep: readEmergencyStop,
    clock: systemClock,
    random: Math.random,
    onError: (error) => {
      const isAbsent: boolean = hasCode(error, 'kube.not-found');
      if (!isAbsent) onError(error);
    },
  });
