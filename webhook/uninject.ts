/** Takes back what injection added: what is left is the pod as its author and the other injectors wrote it. */
import type { Operation } from 'fast-json-patch';
import { injectedLabel } from '../core/keys.js';
import { originalMount, originalPod } from './inject/original-pod.js';
import { patchTo } from './inject/patch.js';
import { type Pod, readPod } from './pod.js';

/** Null where nothing of ours is there, or no pod. A list or map that we made goes with what was in it. */
export function uninject(value: unknown): readonly Operation[] | null {
  const pod = readPod(value);
  if (pod === null) return null;
  const { status, labels } = originalPod(pod);
  const patch = patchTo(pod, {
    sidecars: [],
    volumes: [],
    mount: (container, mount) => originalMount(container, mount, status),
    label: labels[injectedLabel] ?? null,
    status: null,
  });
  return patch.length === 0 ? null : withoutEmptied(pod, patch);
}

/** Kubernetes writes no empty list, so one that would be left was made by us. */
function withoutEmptied(pod: Pod, patch: readonly Operation[]): readonly Operation[] {
  const counts: readonly (readonly [string, number])[] = [
    ['/spec/volumes', pod.spec.volumes?.length ?? 0],
    ['/spec/initContainers', pod.spec.initContainers?.length ?? 0],
    ['/metadata/labels', Object.keys(pod.metadata?.labels ?? {}).length],
    ['/metadata/annotations', Object.keys(pod.metadata?.annotations ?? {}).length],
  ];
  return counts.reduce<readonly Operation[]>((operations, [path, count]) => {
    const isRemoval = (operation: Operation): boolean =>
      operation.op === 'remove' && operation.path.startsWith(`${path}/`);
    if (count === 0 || operations.filter(isRemoval).length < count) return operations;
    return [
      ...operations.filter((operation) => !operation.path.startsWith(`${path}/`)),
      { op: 'remove', path },
    ];
  }, patch);
}
