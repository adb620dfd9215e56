/** Ends what is no annotation: experiments, and nodes that are isolated. Their kinds may not be installed. */
import type { Clock } from '../../../core/clock.js';
import { hasCode, messageOf } from '../../../core/havoc-error.js';
import { isObject, valueAt } from '../../../core/json.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import { type KubeObject, keyOf, type Resource, type Target } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { persist } from './persist.js';

export interface StoppedRuns {
  /** `NAMESPACE/NAME` of those that were told to stop now. */
  readonly experiments: readonly string[];
  /** Of all that are not over: those that cordon or taint nodes. */
  readonly onNodes: readonly string[];
  /** Names of those that are deleted. */
  readonly isolations: readonly string[];
  readonly problems: readonly string[];
}

/** Never rejects. */
export async function stopRuns(api: KubeApi, reason: string, clock: Clock): Promise<StoppedRuns> {
  const problems: string[] = [];
  const onNodes: string[] = [];
  const each = async (
    resource: Resource,
    isToDo: (object: KubeObject) => boolean,
    act: (target: Target) => Promise<unknown>,
  ): Promise<readonly string[]> => {
    const done: string[] = [];
    for (const object of await objectsOf(api, resource, { clock, problems })) {
      if (!isToDo(object)) continue;
      const { name, namespace = null } = object.metadata;
      try {
        await persist(() => act({ resource, name, namespace }), clock);
        done.push(keyOf(object));
      } catch (error) {
        if (!hasCode(error, 'kube.not-found')) problems.push(messageOf(error));
      }
    }
    return done;
  };
  const [experiments, isolations] = await Promise.all([
    each(
      resources.experiments,
      (object) => {
        if (!isFinished(object) && marksNodes(valueAt(object, ['spec', 'steps'])))
          onNodes.push(keyOf(object));
        return isToStop(object);
      },
      (target) => stopExperiment(api, target, reason),
    ),
    each(
      resources.nodeIsolations,
      () => true,
      (target) => api.remove(target),
    ),
  ]);
  return { experiments, onNodes, isolations, problems };
}

export const stopExperiment = (api: KubeApi, target: Target, reason: string): Promise<KubeObject> =>
  api.patch(target, { kind: 'merge', body: { spec: { stop: { reason } } } });

interface Listing {
  readonly clock: Clock;
  readonly problems: string[];
}

async function objectsOf(
  api: KubeApi,
  resource: Resource,
  { clock, problems }: Listing,
): Promise<readonly KubeObject[]> {
  const found: KubeObject[] = [];
  try {
    await persist(() => {
      found.length = 0;
      return api.listEach({ resource, namespace: null }, (object) => found.push(object));
    }, clock);
  } catch (error) {
    if (!hasCode(error, 'kube.not-found'))
      problems.push(`${resource.plural} could not be listed: ${messageOf(error)}`);
  }
  return found;
}

/** What is neither a fault nor ended by the API server: a cordon, a drain, which cordons, or a taint. */
const marksNodes = (steps: unknown): boolean =>
  Array.isArray(steps) &&
  steps.some(
    (step) =>
      ['cordon', 'drain', 'taint'].includes(String(valueAt(step, ['node', 'action']))) ||
      marksNodes(valueAt(step, ['parallel'])) ||
      marksNodes(valueAt(step, ['repeat', 'steps'])),
  );

const isToStop = (object: KubeObject): boolean =>
  !isFinished(object) && valueAt(object, ['spec', 'stop']) === undefined;

/** Of an experiment: it has a verdict. */
export function isFinished(object: KubeObject): boolean {
  const conditions = valueAt(object, ['status', 'conditions']);
  return (
    Array.isArray(conditions) &&
    conditions.some((one) => isObject(one) && one['type'] === 'Finished' && one['status'] === 'True')
  );
}
