/** An Experiment as an object of Kubernetes: what the controller looks at beside its spec. */
import type { ExperimentStatus } from '../experiment/crd/status.js';
import type { Experiment } from '../experiment/file/experiment.js';
import { readExperimentValue } from '../experiment/file/read-experiment-value.js';
import type { KubeObject, Target } from '../kube/kube-object.js';
import { resources } from '../kube/resources.js';
import { inNamespace } from './hosts-of-namespace.js';

/** While it stands, something of the run may still have to be taken back. */
export const finalizer = 'havock8s.io/faults';

export interface ExperimentObject extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly finalizers?: readonly string[];
    readonly generation?: number;
  };
  readonly spec?: {
    readonly dryRun?: boolean;
    readonly paused?: boolean;
    readonly stop?: { readonly reason?: string };
  };
  readonly status?: ExperimentStatus;
}

export const isHeld = ({ metadata: { finalizers = [] } }: ExperimentObject): boolean =>
  finalizers.includes(finalizer);

/** Nothing is left to be done for it. */
export const isThrough = (object: ExperimentObject): boolean =>
  !isHeld(object) &&
  (object.metadata.deletionTimestamp !== undefined || (object.status?.verdict ?? '') !== '');

/** Why somebody wants its end; null: nobody does. */
export function endingOf({ metadata, spec }: ExperimentObject): string | null {
  if (metadata.deletionTimestamp !== undefined) return 'the experiment was deleted';
  if (spec?.stop === undefined) return null;
  return spec.stop.reason || 'spec.stop was set';
}

export const targetOf = ({ metadata: { namespace = '', name } }: KubeObject): Target => ({
  resource: resources.experiments,
  ...{ namespace, name },
});

/** What is wrong with it, in a sentence, where it cannot be read. */
export function experimentOf({ apiVersion, kind, metadata, spec }: ExperimentObject): Experiment | string {
  const { name, namespace = '' } = metadata;
  const within = inNamespace(spec, namespace);
  const reading = readExperimentValue({ apiVersion, kind, metadata: { name }, spec: within });
  if (reading.kind === 'problems') return reading.problems.map(({ message }) => message).join('; ');
  return reading.experiment.spec.targets.length === 0
    ? 'spec.targets is missing; expected the pods of a cluster that it is about'
    : reading.experiment;
}
