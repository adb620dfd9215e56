/**
 * The volumes that come with the sidecars. The one that is served must be in memory: of an emptyDir on disk the
 * kubelet's teardown deletes what it finds, through a mount that is still live too; of a tmpfs it only unmounts.
 */
import { podVolume } from '../../core/pod-layout.js';
import type { InjectionConfig } from '../injection-config.js';
import type { PodVolume } from '../pod.js';
import type { ChosenVolume } from './choose-volumes.js';

export function sidecarVolumes(
  served: readonly ChosenVolume[],
  { servedSizeLimit, runSizeLimit }: InjectionConfig,
): readonly PodVolume[] {
  const inMemory = (name: string, sizeLimit: string): PodVolume => ({
    name,
    emptyDir: { medium: 'Memory', sizeLimit },
  });
  const annotations = { path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } };
  return [
    ...(served.length > 0 ? [inMemory(podVolume.served, servedSizeLimit)] : []),
    inMemory(podVolume.run, runSizeLimit),
    { name: podVolume.pod, downwardAPI: { items: [annotations] } },
  ];
}
