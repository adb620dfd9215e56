/**
 * One mount of a container, moved from the claim to what the sidecar serves of it, and back.
 *
 *     {name: data, mountPath: /pg, subPath: a}  ◄─►  {name: havock8s-served, mountPath: /pg, subPath: data/a,
 *                                                     mountPropagation: HostToContainer}
 *
 * Each volume is served in a directory of its own below the emptyDir, since a dead mount on the emptyDir's root
 * could never be mounted over.
 */

import { isObject } from '../../core/json.js';
import { podVolume } from '../../core/pod-layout.js';
import type { VolumeMount } from '../pod.js';

export type ReplacedFields = Readonly<Record<string, unknown>>;

/** Names a mount in a pod: container names are unique there, mount paths in a container. */
export const mountKey = (container: string, { mountPath }: VolumeMount): string =>
  `${container}:${mountPath}`;

export function servedMount(mount: VolumeMount): VolumeMount {
  // Kubernetes refuses recursiveReadOnly together with a propagation; an empty subPath is none, and it writes none.
  const { recursiveReadOnly: _, subPath, subPathExpr, ...kept } = mount;
  const below = { name: podVolume.served, mountPropagation: 'HostToContainer' };
  if (subPathExpr) return { ...kept, ...below, subPathExpr: `${mount.name}/${subPathExpr}` };
  return { ...kept, ...below, subPath: subPath ? `${mount.name}/${subPath}` : mount.name };
}

/** The fields that nobody could guess back from the served mount; empty where there are none. */
export function replacedFields(mount: VolumeMount): ReplacedFields {
  const { subPath, subPathExpr, mountPropagation, recursiveReadOnly } = mount;
  return {
    ...(mountPropagation === undefined ? {} : { mountPropagation }),
    ...(recursiveReadOnly === undefined ? {} : { recursiveReadOnly }),
    ...(subPath === '' || subPath === null ? { subPath } : {}),
    ...(subPathExpr === '' || subPathExpr === null ? { subPathExpr } : {}),
  };
}

/** As replacedFields gives them: anything else would be a way to write into a container's mounts by an annotation. */
export const isReplacedFields = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value).every(([key, field]) =>
    key === 'mountPropagation' || key === 'recursiveReadOnly'
      ? field === null || (typeof field === 'string' && field.length < 64)
      : (key === 'subPath' || key === 'subPathExpr') && (field === '' || field === null),
  );

export function unservedMount(mount: VolumeMount, replaced: ReplacedFields): VolumeMount {
  if (mount.name !== podVolume.served) return mount;
  const { mountPropagation: _, subPath, subPathExpr, ...kept } = mount;
  const field = subPathExpr ? 'subPathExpr' : 'subPath';
  const [name = '', ...rest] = (subPathExpr || subPath || '').split('/');
  const below = rest.length > 0 ? { [field]: rest.join('/') } : {};
  return { ...kept, ...below, ...replaced, name };
}
