/**
 * libfuse's own C example, passthrough_ll, as Debian ships it and at its defaults: `cache=auto` (pages
 * cached until the next open, as ours does at rest), names and attributes for one second.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HavocError } from '../../sidecar/havoc-error.js';
import { run } from './command.js';
import { mounted, unmounted } from './mounted.js';
import type { Place } from './place.js';

const source = '/usr/share/doc/libfuse3-dev/examples/passthrough_ll.c';

const patienceMs = 5000;

export type Threads = 'single' | 'multi';

export async function libfuse(backing: string, mountpoint: string, threads: Threads): Promise<Place> {
  const options = [
    '-f',
    ...(threads === 'single' ? ['-s'] : []),
    '-o',
    `source=${backing},allow_other`,
    mountpoint,
  ];
  const daemon = spawn(await compiled(), options, { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  await mounted(mountpoint, daemon);
  return {
    subject: 'libfuse',
    label: `libfuse, ${threads === 'single' ? 'one thread' : 'threads'}`,
    directory: mountpoint,
    processes: daemon.pid === undefined ? {} : { planePid: daemon.pid },
    close: () => end(daemon, mountpoint),
  };
}

/** Compiled once, outside the checkout. */
async function compiled(): Promise<string> {
  if (!existsSync(source))
    throw new HavocError('E_NO_LIBFUSE', 'no example of libfuse: apt-get install libfuse3-dev');
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'havock8s');
  const binary = join(cache, 'passthrough_ll');
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const flags = await run('pkg-config', ['--cflags', '--libs', 'fuse3']);
  await run('cc', ['-O2', '-o', binary, source, ...flags.trim().split(/\s+/)]);
  return binary;
}

/** Asked to end, and made to when it does not. */
async function end(daemon: ChildProcess, mountpoint: string): Promise<void> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const exit = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    const patience = setTimeout(() => daemon.kill('SIGKILL'), patienceMs);
    await exit;
    clearTimeout(patience);
  }
  await unmounted(mountpoint);
}
