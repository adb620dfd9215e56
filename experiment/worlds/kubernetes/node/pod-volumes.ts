/** What of a pod's data binds it to a node. */
import type { KubeObject } from '../../../../kube/kube-object.js';
import { keyOfPod, type NodeSelector, type Pod, type PodVolume } from './pod-objects.js';

export interface Claim extends KubeObject {
  readonly spec?: {
    readonly volumeName?: string;
    readonly storageClassName?: string;
    readonly accessModes?: readonly string[];
  };
}

export interface Volume extends KubeObject {
  readonly spec?: {
    readonly local?: object;
    readonly hostPath?: object;
    readonly csi?: object;
    readonly nodeAffinity?: { readonly required?: NodeSelector };
  };
}

export interface StorageClass extends KubeObject {
  readonly provisioner?: string;
}

export interface Storage {
  readonly claims: readonly Claim[];
  readonly volumes: readonly Volume[];
  readonly classes: readonly StorageClass[];
}

export interface PodVolumes {
  /** Where its volumes can be, each; undefined: anywhere. */
  readonly places: readonly (NodeSelector | undefined)[];
  /** Why it can be nowhere else: a disk of this node. */
  readonly bound: string | null;
  /** One that only one node has at a time, and that a lost node does not give back. */
  readonly exclusive: string | null;
  /** Data that stays behind when it moves. */
  readonly leaves: readonly string[];
  /** What is missing, so that nobody can say. */
  readonly unknown: string | null;
}

/** No provisioner makes another of a class like this. */
const byHand = 'kubernetes.io/no-provisioner';
const ofOneNode = ['ReadWriteOnce', 'ReadWriteOncePod'];

export function volumesOf(pod: Pod, storage: Storage): PodVolumes {
  const each = (pod.spec?.volumes ?? []).map((volume) => volumeOf(pod, volume, storage));
  const first = (key: 'bound' | 'exclusive' | 'unknown'): string | null =>
    each.find((found) => typeof found[key] === 'string')?.[key] ?? null;
  return {
    places: each.flatMap(({ places = [] }) => places),
    bound: first('bound'),
    exclusive: first('exclusive'),
    leaves: each.flatMap(({ leaves = [] }) => leaves),
    unknown: first('unknown'),
  };
}

/** Of one: what there is to say. */
function volumeOf(
  { metadata }: Pod,
  volume: PodVolume,
  { claims, volumes, classes }: Storage,
): Partial<PodVolumes> {
  const { namespace = '', name } = metadata;
  if (volume.hostPath !== undefined) return { leaves: [`hostPath ${volume.name}`] };
  if (volume.emptyDir !== undefined) return { leaves: [`emptyDir ${volume.name}`] };
  const isEphemeral = volume.ephemeral !== undefined;
  const claimName =
    volume.persistentVolumeClaim?.claimName ?? (isEphemeral ? `${name}-${volume.name}` : null);
  if (claimName === null) return {};
  const claim = claims.find((one) => one.metadata.namespace === namespace && one.metadata.name === claimName);
  if (claim === undefined) return { unknown: `there is no claim ${namespace}/${claimName}` };
  if (isEphemeral) return ephemeral(claim, classes);
  const disk = volumes.find((one) => one.metadata.name === claim.spec?.volumeName);
  return disk === undefined
    ? { unknown: `claim ${namespace}/${claimName} has no volume that can be read` }
    : placeOf(disk, claim);
}

function placeOf({ metadata: { name }, spec = {} }: Volume, claim: Claim): Partial<PodVolumes> {
  const { local, hostPath, nodeAffinity } = spec;
  const places = [nodeAffinity?.required];
  if (local !== undefined || hostPath !== undefined)
    return { places, bound: `volume ${name} is a disk of this node (${local ? 'local' : 'hostPath'})` };
  const { accessModes = [] } = claim.spec ?? {};
  const isOfOne = accessModes.length > 0 && accessModes.every((mode) => ofOneNode.includes(mode));
  return { places, exclusive: isOfOne ? `volume ${name} is ${accessModes.join(', ')}` : null };
}

/** It goes with its pod, and the next pod gets another, if somebody makes one. */
function ephemeral(claim: Claim, classes: readonly StorageClass[]): Partial<PodVolumes> {
  const { storageClassName } = claim.spec ?? {};
  const storageClass = classes.find(({ metadata }) => metadata.name === storageClassName);
  const leaves = [`ephemeral volume ${claim.metadata.name}`];
  if (storageClass !== undefined && storageClass.provisioner !== byHand) return { leaves };
  const whatIsMissing = `nothing is known to make volumes of class ${storageClassName}`;
  return { leaves, unknown: `whether ${keyOfPod(claim)} gets another volume elsewhere: ${whatIsMissing}` };
}
