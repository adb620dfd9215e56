/** The finalizer of an Experiment: there before the first fault, and gone when nothing is left to be taken back. */
import { HavocError } from '../core/havoc-error.js';
import type { KubeApi } from '../kube/kube-api.js';
import { type ExperimentObject, finalizer, targetOf } from './experiment-object.js';

/** Rejects where the experiment is gone: nothing may be begun for it. */
export async function hold(api: KubeApi, experiment: ExperimentObject): Promise<void> {
  const object = await sameObject(api, experiment);
  if (object === null)
    throw new HavocError('kube.not-found', `Experiment ${experiment.metadata.name} is gone`);
  const { finalizers = [] } = object.metadata;
  if (!finalizers.includes(finalizer)) await setFinalizers(api, object, [...finalizers, finalizer]);
}

export async function release(api: KubeApi, experiment: ExperimentObject): Promise<void> {
  const object = await sameObject(api, experiment);
  const { finalizers = [] } = object?.metadata ?? {};
  if (object !== null && finalizers.includes(finalizer))
    await setFinalizers(
      api,
      object,
      finalizers.filter((one) => one !== finalizer),
    );
}

/** Null: it is gone, or another has its name. */
async function sameObject(api: KubeApi, experiment: ExperimentObject): Promise<ExperimentObject | null> {
  const object = await api.get<ExperimentObject>(targetOf(experiment));
  return object?.metadata.uid === experiment.metadata.uid ? object : null;
}

/** Under the resourceVersion that was read: those of others are theirs. */
async function setFinalizers(
  api: KubeApi,
  { metadata, ...object }: ExperimentObject,
  finalizers: readonly string[],
): Promise<void> {
  const { resourceVersion } = metadata;
  await api.patch(targetOf({ metadata, ...object }), {
    kind: 'merge',
    body: { metadata: { resourceVersion, finalizers } },
  });
}
