/** The workload of a target at another number of replicas, and then at that which it had. */
import { HavocError } from '../../../core/havoc-error.js';
import type { KubeObject, OwnerReference, Resource, Target } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import type { PlannedChange } from '../../world.js';
import type { Changer, Changing } from './changing.js';
import { ownersOfPod } from './resolve-targets.js';

/** Those with a `scale` of Kubernetes' own. */
const scalable: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  ['StatefulSet', resources.statefulSets],
  ['Deployment', resources.deployments],
  ['ReplicaSet', resources.replicaSets],
]);

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

export const workloadScaling = (replicas: number): Changer => ({
  plan: async (pods, changing) => {
    const [pod] = pods;
    const owners = pod === undefined ? [] : ownersOfPod(pod, changing.ownersOf);
    const workload = owners.filter(({ kind }) => scalable.has(kind)).at(-1);
    if (workload === undefined)
      throw new HavocError(
        'experiment.not-scalable',
        `${owners[0] ? `${owners[0].kind} ${owners[0].name}` : 'what owns the pods'} cannot be scaled; expected a StatefulSet, a Deployment or a ReplicaSet`,
      );
    return [{ subject: workload, was: { replicas: await replicasOf(workload, changing) } }];
  },
  make: async (planned, changing) => {
    await scaleTo(replicas, planned, changing);
    return `${nameOf(planned)} is scaled from ${planned.was['replicas']} to ${replicas}`;
  },
  takeBack: async (planned, changing) => {
    const before = Number(planned.was['replicas']);
    const now = await replicasOf(planned.subject, changing);
    // Somebody else has scaled it meanwhile, or it is gone: theirs is the last word.
    if (now !== replicas) return `${nameOf(planned)} is at ${now ?? 'nothing, for it is gone'}, and stays so`;
    await scaleTo(before, planned, changing);
    return `${nameOf(planned)} is at ${before} again`;
  },
});

const nameOf = ({ subject: { kind, name } }: PlannedChange): string => `${kind} ${name}`;

const targetOf = ({ kind, name }: Pick<OwnerReference, 'kind' | 'name'>, namespace: string): Target => ({
  resource: scalable.get(kind) ?? resources.statefulSets,
  ...{ namespace, name, subresource: 'scale' },
});

/** Null: it is gone, or another has its name. */
async function replicasOf(
  of: Pick<OwnerReference, 'kind' | 'name' | 'uid'>,
  { api, run: { namespace } }: Changing,
): Promise<number | null> {
  const scale = await api.get<Scale>(targetOf(of, namespace));
  return scale?.metadata.uid === of.uid ? (scale.spec?.replicas ?? 0) : null;
}

async function scaleTo(
  replicas: number,
  { subject }: PlannedChange,
  { api, run: { namespace } }: Changing,
): Promise<void> {
  await api.patch(targetOf(subject, namespace), {
    kind: 'merge',
    body: { metadata: { uid: subject.uid }, spec: { replicas } },
  });
}
