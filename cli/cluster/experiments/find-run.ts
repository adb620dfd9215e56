/** One run of an experiment by its name, and its journal. */
import type { ExperimentObject } from '../../../controller/experiment-object.js';
import { HavocError, hasCode } from '../../../core/havoc-error.js';
import { nearest } from '../../../core/nearest.js';
import { printable } from '../../../core/printable.js';
import { type JournalParts, journalName, readPacked } from '../../../experiment/journal/packed.js';
import type { Journal } from '../../../experiment/journal/read-journal.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { clusterLimits } from '../cluster-limits.js';
import type { Cluster } from '../open-cluster.js';

export type Runs = Pick<Cluster, 'api' | 'namespace'>;

export const runTarget = (namespace: string, name: string) => ({
  ...{ resource: resources.experiments, namespace, name },
});

/** Rejects with `experiment.not-found`, which knows the nearest name, and with `experiment.no-kind`. */
export async function findRun(cluster: Runs, name: string): Promise<ExperimentObject> {
  const { api, namespace } = cluster;
  const object = await api.get<ExperimentObject>(runTarget(namespace, name));
  if (object !== null) return object;
  const names = await namesOfRuns(cluster);
  const likely = nearest(name.slice(0, 253), names);
  const wayOut =
    likely !== undefined
      ? `did you mean "${likely}"?`
      : names.length === 0
        ? 'it has none'
        : `it has ${names.slice(0, clusterLimits.namesTold).join(', ')}`;
  throw new HavocError(
    'experiment.not-found',
    `there is no experiment "${printable(name)}" in namespace ${namespace}; ${wayOut}`,
  );
}

/** None where they may not be listed. Rejects with `experiment.no-kind`. */
async function namesOfRuns({ api, namespace }: Runs): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    await api.listEach({ resource: resources.experiments, namespace }, ({ metadata }) =>
      names.push(metadata.name),
    );
  } catch (error) {
    if (hasCode(error, 'kube.not-found')) throw noKind(error);
    if (!hasCode(error, 'kube.forbidden')) throw error;
  }
  return names;
}

export const noKind = (cause: unknown): HavocError =>
  new HavocError(
    'experiment.no-kind',
    'the cluster has no kind Experiment; to have it: kubectl apply -k manifests/base, or the Helm chart with experiments.enabled',
    { cause },
  );

interface JournalMap extends KubeObject {
  readonly binaryData?: JournalParts;
}

/** Null: there is none, or none yet. Rejects with `experiment.journal-unreadable`. */
export async function readRunJournal(
  { api, namespace }: Runs,
  { metadata: { name, uid } }: KubeObject,
): Promise<Journal | null> {
  const configMap = journalName(name);
  const found = await api.get<JournalMap>({ resource: resources.configMaps, namespace, name: configMap });
  const parts = found?.binaryData ?? {};
  // One that a run of this name left before is taken away by the cluster, in a while.
  const isOfRun = found?.metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
  if (!isOfRun || Object.keys(parts).length === 0) return null;
  const reading = readPacked(parts);
  if (reading.kind === 'journal') return reading.journal;
  throw new HavocError(
    'experiment.journal-unreadable',
    `ConfigMap ${configMap} in namespace ${namespace}: line ${reading.line} ${reading.message}`,
  );
}

/** As reports call the journal of a run. */
export const journalPath = (namespace: string, name: string): string =>
  `configmap/${journalName(name)} in namespace ${namespace}`;
