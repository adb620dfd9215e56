/** Which volumes of a pod the sidecar stands before: those that are named, else its claims. */
import { annotation } from '../../pod/keys.js';
import { type Container, isObject, type PodVolume } from '../pod.js';
import type { Note, NoteCode } from '../reasons.js';
import { namedItems } from './named-items.js';
import type { OriginalPod } from './original-pod.js';

export interface ChosenVolume {
  readonly name: string;
  /** The claim itself is read-only, for everybody. */
  readonly readOnly: boolean;
}

export interface VolumeChoice {
  readonly volumes: readonly ChosenVolume[];
  readonly notes: readonly Note[];
}

/** What Kubernetes itself writes and rewrites beneath the pod: there is no disk that could fail. */
const projected: readonly string[] = ['configMap', 'secret', 'downwardAPI', 'projected', 'image'];

/** In the order of the pod's own list, so that the same pod gives the same sidecar. */
export function chooseVolumes(pod: OriginalPod): VolumeChoice {
  const named = namedItems(pod.annotations[annotation.volumes]);
  const containers = [...pod.initContainers, ...pod.containers];
  const candidates = pod.volumes.filter((volume) =>
    named === null ? isClaim(volume) && isUsed(volume.name, containers) : named.includes(volume.name),
  );
  const notes = (named ?? [])
    .filter((name) => !pod.volumes.some((volume) => volume.name === name))
    .map((subject): Note => ({ code: 'unknown-volume', subject }));
  const volumes: ChosenVolume[] = [];
  for (const volume of candidates) {
    const code = whyLeft(volume, containers);
    if (code === null) volumes.push({ name: volume.name, readOnly: isReadOnlyClaim(volume) });
    else notes.push({ code, subject: volume.name });
  }
  return { volumes, notes };
}

const isClaim = (volume: PodVolume): boolean =>
  isObject(volume['persistentVolumeClaim']) || isObject(volume['ephemeral']);

const isReadOnlyClaim = ({ persistentVolumeClaim: claim }: PodVolume): boolean =>
  isObject(claim) && claim['readOnly'] === true;

const isUsed = (volume: string, containers: readonly Container[]): boolean =>
  containers.some((container) => mountsOf(volume, container).length > 0 || isDevice(volume, container));

function whyLeft(volume: PodVolume, containers: readonly Container[]): NoteCode | null {
  if (projected.some((source) => isObject(volume[source]))) return 'unsuited-volume';
  if (containers.some((container) => isDevice(volume.name, container))) return 'block-device';
  const mounts = containers.flatMap((container) => mountsOf(volume.name, container));
  if (mounts.length === 0) return 'unused-volume';
  if (mounts.some(({ mountPropagation }) => mountPropagation === 'Bidirectional'))
    return 'bidirectional-mount';
  return null;
}

const mountsOf = (volume: string, { volumeMounts }: Container) =>
  (volumeMounts ?? []).filter(({ name }) => name === volume);

const isDevice = (volume: string, { volumeDevices }: Container): boolean =>
  (volumeDevices ?? []).some(({ name }) => name === volume);
