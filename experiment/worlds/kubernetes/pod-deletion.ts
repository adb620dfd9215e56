/** Pods deleted, as by `kubectl delete pod`: what owns them makes others. */
import { hasCode } from '../../../core/havoc-error.js';
import { resources } from '../../../kube/resources.js';
import { type Changer, nothingToTakeBack, podSubject } from './changing.js';

/** Null: the pod's own grace period. */
export const podDeletion = (gracePeriodMs: number | null): Changer => ({
  plan: async (pods) => pods.map((pod) => ({ subject: podSubject(pod), was: {} })),
  make: async ({ subject: { name, uid } }, { api, run: { namespace } }) => {
    const gracePeriodSeconds = gracePeriodMs === null ? null : Math.ceil(gracePeriodMs / 1000);
    try {
      await api.remove(
        { resource: resources.pods, namespace, name },
        { uid, ...(gracePeriodSeconds !== null && { gracePeriodSeconds }) },
      );
    } catch (error) {
      // Another has its name: it is gone.
      if (!hasCode(error, 'kube.conflict')) throw error;
    }
    return `pod ${name} is deleted`;
  },
  takeBack: nothingToTakeBack,
});
