/** Mounts of ours that nobody took away: a holder that was stopped or killed cannot. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { LocalDisk } from '../../sidecar/local/local-options.js';

export function unmountLeft(disks: readonly LocalDisk[]): void {
  const left = leftMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
  for (const { mountpoint } of disks) {
    if (left.has(mountpoint)) spawnSync('umount', ['--lazy', mountpoint], { stdio: 'ignore', timeout: 5000 });
  }
}

/** Where something of ours is mounted, as proc_pid_mountinfo(5) says it: the fifth field, and the type behind a dash. */
export function leftMounts(mountinfo: string): ReadonlySet<string> {
  const lines = mountinfo.split('\n').filter((line) => line.includes(' - fuse.havock8s '));
  return new Set(lines.map((line) => decodeOctal(line.split(' ')[4] ?? '')));
}

/** Spaces, tabs, newlines and backslashes stand there in octal; a path is bytes. */
export function decodeOctal(field: string): string {
  const bytes = Buffer.from(field)
    .toString('latin1')
    .replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
