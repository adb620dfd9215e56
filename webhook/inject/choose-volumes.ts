/** Which volumes of a pod the sidecar stands before: those that are named, else its claims. */

import { isObject } from '../../core/json.js';
import { annotation } from '../../core/keys.js';
import type { Container, PodVolume } from '../pod.js';
import type { Note, NoteCode } from '../reasons.js';
import type { OriginalPod } from './original-pod.js';
import { parseListAnnotation } from './parse-list-annotation.js';

export interface ChosenVolume {
  readonly name: string;
  /** Nobody writes to it: the claim itself is read-only, or every mount of it is. */
  readonly readOnly: boolean;
  /** Some container mounts it HostToContainer: what the node mounts within it later is to be seen there. */
  readonly followsNode: boolean;
}

export interface VolumeChoice {
  readonly volumes: readonly ChosenVolume[];
  readonly notes: readonly Note[];
}

/** What Kubernetes itself writes and rewrites beneath the pod: there is no disk that could fail. */
const projected: readonly string[] = ['configMap', 'secret', 'downwardAPI', 'projected', 'image'];

/** In the order of the pod's own list, so that the same pod gives the same sidecar. Each list is gone over once. */
export function chooseVolumes(pod: OriginalPod): VolumeChoice {
  const items = parseListAnnotation(pod.annotations[annotation.volumes]);
  const named = items === null ? null : new Set(items);
  const uses = usesOf([...pod.initContainers, ...pod.containers]);
  const candidates = pod.volumes.filter((volume) =>
    named === null ? isClaim(volume) && uses.has(volume.name) : named.has(volume.name),
  );
  const present = new Set(pod.volumes.map(({ name }) => name));
  const notes = (items ?? [])
    .filter((name) => !present.has(name))
    .map((subject): Note => ({ code: 'unknown-volume', subject }));
  const volumes: ChosenVolume[] = [];
  for (const volume of candidates) {
    const use = uses.get(volume.name) ?? unused;
    const code = whyLeft(volume, use);
    if (code === null)
      volumes.push({
        name: volume.name,
        readOnly: isReadOnlyClaim(volume) || !use.isWritten,
        followsNode: use.followsNode,
      });
    else notes.push({ code, subject: volume.name });
  }
  return { volumes, notes };
}

/** How the containers use one volume. */
interface Use {
  isDevice: boolean;
  isMounted: boolean;
  isBidirectional: boolean;
  followsNode: boolean;
  /** Through some mount of it. */
  isWritten: boolean;
}

const unused: Use = {
  isDevice: false,
  isMounted: false,
  isBidirectional: false,
  followsNode: false,
  isWritten: false,
};

/** By volume; those that no container uses are missing. */
function usesOf(containers: readonly Container[]): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  const useOf = (name: string): Use => {
    const use = uses.get(name) ?? { ...unused };
    uses.set(name, use);
    return use;
  };
  for (const { volumeMounts, volumeDevices } of containers) {
    for (const { name, mountPropagation, readOnly, subPath, subPathExpr } of volumeMounts ?? []) {
      const use = useOf(name);
      use.isMounted = true;
      // The kubelet makes the directory of a sub path where there is none, however it is mounted then.
      use.isWritten ||= readOnly !== true || Boolean(subPath) || Boolean(subPathExpr);
      use.isBidirectional ||= mountPropagation === 'Bidirectional';
      use.followsNode ||= mountPropagation === 'HostToContainer';
    }
    for (const { name } of volumeDevices ?? []) if (typeof name === 'string') useOf(name).isDevice = true;
  }
  return uses;
}

const isClaim = (volume: PodVolume): boolean =>
  isObject(volume['persistentVolumeClaim']) || isObject(volume['ephemeral']);

/**
 * A medium is memory, or a kind of it: pages written to it are charged to who writes them, which would be the sidecar.
 */
const isInMemory = ({ emptyDir }: PodVolume): boolean => isObject(emptyDir) && Boolean(emptyDir['medium']);

const isReadOnlyClaim = ({ persistentVolumeClaim: claim }: PodVolume): boolean =>
  isObject(claim) && claim['readOnly'] === true;

function whyLeft(volume: PodVolume, { isDevice, isMounted, isBidirectional }: Use): NoteCode | null {
  if (projected.some((source) => isObject(volume[source]))) return 'unsuited-volume';
  if (isDevice) return 'block-device';
  if (!isMounted) return 'unused-volume';
  if (isInMemory(volume)) return 'memory-volume';
  return isBidirectional ? 'bidirectional-mount' : null;
}
