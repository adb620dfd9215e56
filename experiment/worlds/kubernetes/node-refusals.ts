/**
 * Why a run may not take the nodes away that its steps name: what is known of the whole cluster, asked for when there is
 * such a step, and held against what `node/` says of each.
 */
import { ledgerLabel, ledgerValue, protectedLabel, protectedValue } from '../../../core/keys.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KubeObject, Resource } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import type { NodeOutcome, PlannedStep } from '../../file/planned-steps.js';
import { expectation, type Known, type NodeActionName, noticedByDefault } from './node/expectation.js';
import type { RunReference } from './node/node-objects.js';
import type { Pod } from './node/pod-objects.js';
import { refusals } from './node/refusals.js';
import type { Target } from './resolve-targets.js';

export interface NodeRefusalsOptions {
  readonly api: KubeApi;
  readonly run: RunReference;
  readonly steps: readonly PlannedStep[];
  readonly targets: readonly Target[];
  /** Names of pods of havock8s itself: by node. */
  readonly ours: ReadonlyMap<string, readonly string[]>;
  /** Checks that the file switches off. */
  readonly allowed: readonly string[];
}

interface NodeStep {
  readonly id: string;
  readonly action: NodeActionName;
  readonly lastsMs: number;
  readonly target: Target | undefined;
  readonly expect: NodeOutcome | null;
}

/** Rejects where the cluster could not be asked. */
export async function nodeRefusals(options: NodeRefusalsOptions): Promise<readonly string[]> {
  const steps = options.steps.flatMap((step) => nodeStepOf(step, options.targets));
  if (steps.length === 0) return [];
  const known = await knownOf(options.api);
  return steps.flatMap((step) => [...refusedBy(step, known, options), ...unexpectedBy(step, known)]);
}

function nodeStepOf({ id, action }: PlannedStep, targets: readonly Target[]): readonly NodeStep[] {
  const targetOf = (on: string | null): Target | undefined =>
    on === null ? targets[0] : targets.find(({ spec }) => spec.name === on);
  if (action.kind === 'fault' && action.onNodes)
    return [{ id, action: 'cut', lastsMs: action.forMs, target: targetOf(action.on), expect: null }];
  if (action.kind !== 'change' || action.forMs === null) return [];
  const { change, forMs: lastsMs, on } = action;
  switch (change.kind) {
    case 'cordon':
    case 'drain':
    case 'taint':
    case 'isolate':
      return [{ id, action: change.kind, lastsMs, target: targetOf(on), expect: change.expect }];
    default:
      return [];
  }
}

const nodesOf = ({ target }: NodeStep): readonly string[] => [
  ...new Set((target?.hit ?? []).map(({ node }) => node).filter((node) => node !== '')),
];

/** Of the target, as the cluster has them. */
const podsOf = ({ target }: NodeStep, { pods }: Known): readonly Pod[] => {
  const uids = new Set((target?.hit ?? []).map(({ uid }) => uid));
  return pods.filter(({ metadata: { uid = '' } }) => uids.has(uid));
};

function refusedBy(
  step: NodeStep,
  known: Known,
  { run, ours, allowed }: NodeRefusalsOptions,
): readonly string[] {
  const names = new Set([...ours.values()].flat());
  const { action, lastsMs } = step;
  return refusals(
    {
      ...{ action, lastsMs, run, nodes: nodesOf(step), targets: podsOf(step, known) },
      noticedMs: noticedByDefault,
      isOurs: ({ metadata: { name, labels } }) =>
        (names.has(name) && labels?.['app.kubernetes.io/name'] === 'havock8s') ||
        labels?.[ledgerLabel] === ledgerValue,
    },
    known,
  )
    .filter(({ kind }) => !allowed.includes(kind))
    .map(({ message }) => `step ${step.id}: ${message}`);
}

/** What the file expects of its pods, and what is to be expected of them. */
function unexpectedBy(step: NodeStep, known: Known): readonly string[] {
  const { expect, action, lastsMs, id } = step;
  if (expect === null) return [];
  return nodesOf(step).flatMap((node) =>
    expectation({ action, node, lastsMs, noticedMs: noticedByDefault }, podsOf(step, known), known)
      .filter(({ outcome }) => outcome !== expect)
      .map(
        ({ pod, outcome, reason }) =>
          `step ${id}: ${pod} ${words[outcome]} (${reason}); the step expects: ${expect}`,
      ),
  );
}

const words: Readonly<Record<NodeOutcome, string>> = {
  moves: 'would move',
  waits: 'would wait for its node',
  stays: 'would stay on its node',
};

async function knownOf(api: KubeApi): Promise<Known> {
  const all = async <T extends KubeObject>(
    resource: Resource,
    labelSelector?: string,
  ): Promise<readonly T[]> =>
    (await api.list<T>({ resource, namespace: null, ...(labelSelector !== undefined && { labelSelector }) }))
      .items;
  const [nodes, pods, claims, volumes, classes, namespaces] = await Promise.all([
    all(resources.nodes),
    all<Pod>(resources.pods),
    all(resources.persistentVolumeClaims),
    all(resources.persistentVolumes),
    all(resources.storageClasses),
    all(resources.namespaces, `${protectedLabel}=${protectedValue}`),
  ]);
  const protectedNamespaces = new Set(namespaces.map(({ metadata }) => metadata.name));
  return { nodes, pods, claims, volumes, classes, protectedNamespaces };
}
