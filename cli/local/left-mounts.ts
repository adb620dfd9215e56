/** Mounts of ours that nobody took away: a holder that was stopped or killed cannot. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mountpointOf } from '../../sidecar/linux/mountinfo.js';
import type { LocalDisk } from '../../sidecar/local/local-options.js';

export function unmountLeft(disks: readonly LocalDisk[]): void {
  const left = leftMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
  for (const { mountpoint } of disks) {
    if (left.has(mountpoint)) spawnSync('umount', ['--lazy', mountpoint], { stdio: 'ignore', timeout: 5000 });
  }
}

/** Where something of ours is mounted, as proc_pid_mountinfo(5) says it: the type stands behind a dash. */
export function leftMounts(mountinfo: string): ReadonlySet<string> {
  const lines = mountinfo.split('\n').filter((line) => line.includes(' - fuse.havock8s '));
  return new Set(lines.map(mountpointOf));
}
