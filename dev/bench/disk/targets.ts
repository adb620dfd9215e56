/** Opens the targets of a run, side by side in one folder. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HavocError } from '../../../core/havoc-error.js';
import { startSidecar } from '../../../sidecar/supervise/local.js';
import { cacheRoot } from '../../cache-root.js';
import type { Closing } from '../../closing.js';
import { Daemon } from '../../programs/daemon.js';
import { run } from '../../programs/run.js';
import type { Setup } from '../run-bench.js';
import type { DiskTarget, TargetName } from './target.js';

export async function openTargets(names: readonly string[], setup: Setup): Promise<readonly DiskTarget[]> {
  const targets: DiskTarget[] = [];
  for (const { name, label, open } of kinds) {
    if (!names.includes(name)) continue;
    const own = join(setup.folder, label.replaceAll(/\W+/g, '-'));
    const folders = {
      backing: join(own, 'backing'),
      mountpoint: join(own, 'mount'),
      state: join(own, 'state'),
    };
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
    targets.push({ name, label, ...(await open(folders, setup.closing)) });
  }
  return targets;
}

interface Folders {
  readonly backing: string;
  readonly mountpoint: string;
  readonly state: string;
}

interface Kind {
  readonly name: TargetName;
  readonly label: string;
  open(folders: Folders, closing: Closing): Promise<Omit<DiskTarget, 'name' | 'label'>>;
}

/** Of the same verbs as the benchmarks, so that each of them is asked, and elsewhere. */
const unmatched: readonly string[] = [
  'disk latency 5ms on read,write in nowhere/** for 1h',
  'disk latency 200ms jitter 50ms on fsync in nowhere/wal/** for 1h',
  'disk error EIO on read in nowhere/base/** every 100th for 1h',
  'disk error ENOSPC on write in nowhere/*.log for 1h',
  'disk short 512 on read in nowhere/**/*.dat for 1h',
  'disk corrupt 1 bits in nowhere/pages/** for 1h',
  'disk throttle 10 iops on read,write in nowhere/slow/** for 1h',
  'disk readonly in nowhere/else/** for 1h',
  'disk error EACCES on meta in nowhere/?/* for 1h',
  'disk freeze on sync in nowhere/ice/** for 1h',
];

const kinds: readonly Kind[] = [
  {
    name: 'bare',
    label: 'bare directory',
    open: async ({ backing }) => ({ directory: backing, pids: {} }),
  },
  { name: 'libfuse', label: 'libfuse, one thread', open: libfuse('-s') },
  { name: 'libfuse', label: 'libfuse, threads', open: libfuse() },
  { name: 'idle', label: 'ours, idle', open: ours([]) },
  { name: 'armed', label: 'ours, armed', open: ours(unmatched) },
];

function ours(sentences: readonly string[]): Kind['open'] {
  return async ({ backing, mountpoint, state }, closing) => {
    const sidecar = await startSidecar({
      disks: [{ volume: 'data', backing, mountpoint }],
      faults: sentences.map((sentence, index) => ({ name: `unmatched-${index}`, sentence })),
      control: { host: '127.0.0.1', port: 0 },
      stateDir: state,
      logLevel: 'warn',
    });
    closing.defer(() => sidecar.close());
    const holder = sidecar.holderPid;
    return {
      directory: mountpoint,
      pids: { 'fault proxy': sidecar.proxyPid(), ...(holder !== null && { holder }) },
    };
  };
}

/**
 * libfuse's own C example, passthrough_ll, as Debian ships it and at its defaults: `cache=auto` (pages
 * cached until the next open, as ours does at rest), names and attributes for one second.
 */
function libfuse(...flags: readonly string[]): Kind['open'] {
  return async ({ backing, mountpoint }, closing) => {
    const options = ['-f', ...flags, '-o', `source=${backing},allow_other`, mountpoint];
    closing.defer(() => isMounted(mountpoint) && run('umount', ['--lazy', mountpoint]));
    const daemon = closing.use(await Daemon.start(await passthroughProgram(), options));
    await daemon.until(`mount ${mountpoint}`, () => isMounted(mountpoint) || null);
    return { directory: mountpoint, pids: { 'fault proxy': daemon.pid } };
  };
}

const source = '/usr/share/doc/libfuse3-dev/examples/passthrough_ll.c';

/** Compiled once, outside the checkout. */
async function passthroughProgram(): Promise<string> {
  if (!existsSync(source))
    throw new HavocError('bench.lacks', 'no example of libfuse: apt-get install libfuse3-dev');
  const binary = join(cacheRoot(), 'passthrough_ll');
  if (existsSync(binary)) return binary;
  mkdirSync(cacheRoot(), { recursive: true });
  const flags = await run('pkg-config', ['--cflags', '--libs', 'fuse3']);
  await run('cc', ['-O2', '-o', binary, source, ...flags.trim().split(/\s+/)]);
  return binary;
}

/** As the kernel tells it: the fifth field of a line is the mount point. */
const isMounted = (mountpoint: string): boolean =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === mountpoint);
