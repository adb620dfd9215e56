/** Has this pod a volume that is served? Its disk is then mounted for the fault proxies. */
import { readdirSync } from 'node:fs';
import type { PodPaths } from '../../../sidecar/supervise/pod/pod-paths.js';

export function hasBacking({ backing }: PodPaths): boolean {
  try {
    return readdirSync(backing).length > 0;
  } catch {
    return false;
  }
}
