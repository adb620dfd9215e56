/**
 * libfuse's own C example, passthrough_ll, as Debian ships it and at its defaults: `cache=auto` (pages
 * cached until the next open, as ours does at rest), names and attributes for one second.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HavocError } from '../../../core/havoc-error.js';
import { cacheFolder } from '../cache-folder.js';
import { run } from '../command.js';
import { Daemon } from '../daemon.js';
import { mounted, unmounted } from './mounted.js';
import type { Place } from './place.js';

const source = '/usr/share/doc/libfuse3-dev/examples/passthrough_ll.c';

export type Threads = 'single' | 'multi';

export async function libfuse(backing: string, mountpoint: string, threads: Threads): Promise<Place> {
  const options = [
    '-f',
    ...(threads === 'single' ? ['-s'] : []),
    '-o',
    `source=${backing},allow_other`,
    mountpoint,
  ];
  const daemon = await Daemon.start(await compiled(), options);
  await mounted(mountpoint, daemon);
  return {
    subject: 'libfuse',
    label: `libfuse, ${threads === 'single' ? 'one thread' : 'threads'}`,
    directory: mountpoint,
    processes: { planePid: daemon.pid },
    close: async () => {
      await daemon.close();
      await unmounted(mountpoint);
    },
  };
}

/** Compiled once, outside the checkout. */
async function compiled(): Promise<string> {
  if (!existsSync(source))
    throw new HavocError('bench.lacks', 'no example of libfuse: apt-get install libfuse3-dev');
  const binary = join(cacheFolder(), 'passthrough_ll');
  if (existsSync(binary)) return binary;
  const flags = await run('pkg-config', ['--cflags', '--libs', 'fuse3']);
  await run('cc', ['-O2', '-o', binary, source, ...flags.trim().split(/\s+/)]);
  return binary;
}
