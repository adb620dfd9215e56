/** Is something mounted here? As the kernel tells it. */
import { readFileSync } from 'node:fs';
import { run } from '../command.js';
import type { Daemon } from '../daemon.js';

/** Resolves once `mountpoint` is mounted by `daemon`. */
export async function mounted(mountpoint: string, daemon: Daemon): Promise<void> {
  try {
    await daemon.until(`mount ${mountpoint}`, () => isMounted(mountpoint) || null);
  } catch (error) {
    await daemon.close();
    throw error;
  }
}

/** Takes off what its daemon left. */
export async function unmounted(mountpoint: string): Promise<void> {
  if (isMounted(mountpoint)) await run('umount', ['--lazy', mountpoint]);
}

/** The fifth field of a line is the mount point. */
const isMounted = (mountpoint: string): boolean =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === mountpoint);
