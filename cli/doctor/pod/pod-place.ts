/** Which container of an injected pod this is, by what is mounted: only the holder's sees what is served. */
import { existsSync } from 'node:fs';
import { sidecar } from '../../../core/pod-layout.js';
import { parseMountinfo } from '../../../sidecar/linux/mountinfo.js';
import { readIfThere } from '../../../sidecar/linux/read-if-there.js';
import { type PodPaths, podPaths } from '../../../sidecar/supervise/pod/pod-paths.js';

export interface PodPlace {
  readonly container: (typeof sidecar)['mount' | 'faults'];
  readonly paths: PodPaths;
}

/** Null: no container of ours. */
export function findPod(root: string): PodPlace | null {
  const paths = podPaths(root);
  if (!existsSync(paths.run)) return null;
  const entries = parseMountinfo(readIfThere('/proc/self/mountinfo') ?? '');
  const seesServed = entries.some(({ mountpoint }) => mountpoint === paths.served);
  return { container: seesServed ? sidecar.mount : sidecar.faults, paths };
}
