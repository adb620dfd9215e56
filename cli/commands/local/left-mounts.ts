/** Mounts of ours that nobody took away: a holder that was stopped or killed cannot. Those of others stay. */
import { spawnSync } from 'node:child_process';
import { isSameMount, mountAt, type OwnMount } from '../../../sidecar/mount/mount-identity.js';

export function unmountLeft(made: readonly OwnMount[]): void {
  for (const { mountpoint, identity } of made) {
    const top = mountAt(mountpoint);
    if (top !== null && isSameMount(identity, top))
      spawnSync('umount', ['--lazy', mountpoint], { stdio: 'ignore', timeout: 5000 });
  }
}
