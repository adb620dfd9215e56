/** Is something mounted here? As the kernel tells it. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { HavocError } from '../../sidecar/havoc-error.js';
import { run } from './command.js';

const attempts = 500;
const betweenMs = 10;

/** Resolves once `mountpoint` is mounted by `daemon`. */
export async function mounted(mountpoint: string, daemon: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < attempts && daemon.exitCode === null; attempt += 1) {
    if (isMounted(mountpoint)) return;
    await wait(betweenMs);
  }
  daemon.kill('SIGKILL');
  throw new HavocError('E_MOUNT', `${daemon.spawnfile} did not mount ${mountpoint}`);
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
