/**
 * The pod as it was before us: a second pass looks at what its author and the other injectors wrote, whatever a
 * first pass made of it.
 *
 *     havock8s-served, subPath data/pg  ─►  data, subPath pg
 */
import { annotation, injectedLabel, injectedValue } from '../../core/keys.js';
import { podVolume, sidecar } from '../../core/pod-layout.js';
import { type InjectionStatus, readStatus } from '../injection-status.js';
import type { Container, Metadata, Pod, PodVolume, VolumeMount } from '../pod.js';
import { mountKey, unservedMount } from './served-mount.js';

export interface OriginalPod {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Pod['spec'];
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly volumes: readonly PodVolume[];
  /** What a pass before this one wrote; null: nothing, or nothing that can be read. */
  readonly status: InjectionStatus | null;
  /** Is there a container or volume of ours? */
  readonly hasOurs: boolean;
}

export function originalPod({ metadata, spec }: Pod): OriginalPod {
  const annotations = metadata?.annotations ?? {};
  const status = readStatus(annotations[annotation.status]);
  const before = (container: Container): Container => withoutServed(container, status);
  const [initContainers, volumes] = [spec.initContainers ?? [], spec.volumes ?? []];
  return {
    annotations,
    labels: originalLabels(metadata?.labels ?? {}, status),
    spec,
    containers: spec.containers.map(before),
    initContainers: initContainers.filter((container) => !isOurContainer(container)).map(before),
    volumes: volumes.filter((volume) => !isOurVolume(volume)),
    status,
    hasOurs: initContainers.some(isOurContainer) || volumes.some(isOurVolume),
  };
}

/** Whatever else the label says now, somebody else wrote it since. */
function originalLabels(
  labels: NonNullable<Metadata['labels']>,
  status: InjectionStatus | null,
): OriginalPod['labels'] {
  const { [injectedLabel]: value, ...others } = labels;
  return status?.labelled === true && value === injectedValue ? others : labels;
}

export const isOurContainer = ({ name }: Container): boolean => ourContainers.has(name);
export const isOurVolume = ({ name }: PodVolume): boolean => ourVolumes.has(name);

const ourContainers: ReadonlySet<string> = new Set(Object.values(sidecar));
const ourVolumes: ReadonlySet<string> = new Set(Object.values(podVolume));

function withoutServed(container: Container, status: InjectionStatus | null): Container {
  const { volumeMounts } = container;
  if (!volumeMounts?.some((mount) => mount.name === podVolume.served)) return container;
  return {
    ...container,
    volumeMounts: volumeMounts.map((mount) => originalMount(container, mount, status)),
  };
}

export const originalMount = (
  { name }: Container,
  mount: VolumeMount,
  status: InjectionStatus | null,
): VolumeMount => unservedMount(mount, status?.replaced?.[mountKey(name, mount)] ?? {});
