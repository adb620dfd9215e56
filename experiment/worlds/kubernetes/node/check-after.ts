/** What a lost node has left behind, compared with how it was before. Empty: nothing. */
import { type NodeBefore, nodeBefore } from './node-before.js';
import { readMark } from './node-mark.js';
import { isReady, type Node, type NodeIsolation } from './node-objects.js';
import { isFinished, keyOfPod, type Pod, type VolumeAttachment } from './pod-objects.js';
import { hasTaint } from './taint.js';

export interface NodeAfter {
  /** Null: it is gone. */
  readonly node: Node | null;
  /** Of the whole cluster, or at least those of the targets. */
  readonly pods: readonly Pod[];
  /** The volume of each claim, by `namespace/name` of the claim. */
  readonly volumeOf: ReadonlyMap<string, string>;
  readonly attachments: readonly VolumeAttachment[];
  readonly isolations: readonly NodeIsolation[];
}

/** Each a sentence with the name, and what it is and was. */
export function checkAfter(name: string, before: NodeBefore, after: NodeAfter): readonly string[] {
  const { node } = after;
  if (node === null) return [`node ${name} is gone`];
  if (node.metadata.uid !== before.uid) return [`node ${name} is another one of that name`];
  return [
    ...(isReady(node) ? [] : [`node ${name} is not Ready`]),
    ...ours(node, after.isolations),
    ...cordonOf(name, before, node),
    ...taintsOf(name, before, node),
    ...attachmentsOf(name, after),
    ...stuckOf(name, after.pods),
  ];
}

function ours(node: Node, isolations: readonly NodeIsolation[]): readonly string[] {
  const { name } = node.metadata;
  return [
    ...(readMark(node, 'cordon') === null ? [] : [`node ${name} still has the mark of a cordon`]),
    ...(readMark(node, 'taint') === null && !hasTaint(node)
      ? []
      : [`node ${name} still has a taint of havock8s`]),
    ...(isolations.some(({ spec }) => spec.node === name) ? [`node ${name} still has a NodeIsolation`] : []),
  ];
}

function cordonOf(name: string, before: NodeBefore, node: Node): readonly string[] {
  const { unschedulable } = nodeBefore(node);
  if (unschedulable === before.unschedulable) return [];
  return [
    `node ${name} is ${unschedulable ? 'cordoned' : 'schedulable'}, and was ${unschedulable ? 'schedulable' : 'cordoned'}`,
  ];
}

function taintsOf(name: string, before: NodeBefore, node: Node): readonly string[] {
  const textsOf = ({ taints }: NodeBefore) =>
    taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`);
  const [was, is] = [textsOf(before), textsOf(nodeBefore(node))];
  return [
    ...is
      .filter((taint) => !was.includes(taint))
      .map((taint) => `node ${name} has the taint ${taint}, and had it not`),
    ...was.filter((taint) => !is.includes(taint)).map((taint) => `node ${name} has lost the taint ${taint}`),
  ];
}

/** A volume that is attached here, though every pod that has it is elsewhere. */
function attachmentsOf(name: string, { pods, volumeOf, attachments }: NodeAfter): readonly string[] {
  const here = attachments.filter(({ spec }) => spec?.nodeName === name);
  return here.flatMap(({ metadata, spec }) => {
    const volume = spec?.source?.persistentVolumeName;
    const users = pods.filter((pod) => !isFinished(pod) && volumesOf(pod, volumeOf).includes(volume));
    const [elsewhere] = users;
    if (elsewhere === undefined || users.some((pod) => pod.spec?.nodeName === name)) return [];
    return [
      `volume ${volume} is still attached to node ${name} (${metadata.name}), while ${keyOfPod(elsewhere)} is on ${elsewhere.spec?.nodeName ?? 'no node'}`,
    ];
  });
}

const volumesOf = ({ metadata, spec }: Pod, volumeOf: ReadonlyMap<string, string>) =>
  (spec?.volumes ?? []).map(({ name, persistentVolumeClaim, ephemeral }) => {
    const claim = persistentVolumeClaim?.claimName ?? (ephemeral && `${metadata.name}-${name}`);
    return claim === undefined ? undefined : volumeOf.get(`${metadata.namespace}/${claim}`);
  });

const stuckOf = (name: string, pods: readonly Pod[]): readonly string[] =>
  pods
    .filter(({ spec, metadata }) => spec?.nodeName === name && metadata.deletionTimestamp !== undefined)
    .map((pod) => `pod ${keyOfPod(pod)} is still Terminating on node ${name}`);
