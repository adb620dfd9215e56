/**
 * Real disks that do not do all they are asked: one that fills up, one with a quota, one that fails. The first two are
 * file systems of their own on a loop device; the last is a second sidecar, whose faults are armed.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountDisk } from '../mounted-disk.js';

const mib = 2 ** 20;

export interface DiskBeneath {
  /** What is served. */
  readonly directory: string;
  /** Where the bytes are in the end. */
  readonly bytesAt: string;
  /** Has it fail, or no longer; a disk that is full or bound is made empty with the latter. */
  readonly fail: (does: boolean) => Promise<void> | void;
  readonly close: () => Promise<void> | void;
}

/** ext4 on a device of 3 MiB: 1.5 MiB or so go in. */
export const fullDisk = (): DiskBeneath =>
  onLoopDevice({ bytes: 3 * mib, make: ['mkfs.ext4', '-q', '-F', '-m', '0'] }, (mount) => ({
    directory: mount,
    fail: () => {},
  }));

/** ext4 of which a quarter is kept for root, or for whom `options` of mount(8) say: of 16 MiB, 4. */
export const reservingDisk = (...options: readonly string[]): DiskBeneath => {
  const make = ['mkfs.ext4', '-q', '-F', '-b', '4096', '-m', '25'] as const;
  return onLoopDevice({ bytes: 16 * mib, make, options }, (mount) => ({ directory: mount, fail: () => {} }));
};

/** A subvolume of btrfs that may take 2 MiB. At its limit it would refuse to remove a file as well. */
export const quotaDisk = (): DiskBeneath =>
  onLoopDevice({ bytes: 128 * mib, make: ['mkfs.btrfs', '-q'] }, (mount) => {
    const directory = join(mount, 'bound');
    run('btrfs', 'quota', 'enable', mount);
    run('btrfs', 'subvolume', 'create', directory);
    const fail = (does: boolean): void => {
      run('sync', '-f', directory);
      run('btrfs', 'qgroup', 'limit', does ? String(2 * mib) : 'none', directory);
    };
    return { directory, fail };
  });

export interface FaultyDisk extends Omit<DiskBeneath, 'fail'> {
  /** The same disk, which fails as these sentences of faults say. */
  readonly failingBy: (...sentences: readonly string[]) => DiskBeneath;
}

/** A FUSE file system that fails as it is told. */
export async function faultyDisk(): Promise<FaultyDisk> {
  const { mount, backing, control, close } = await mountDisk();
  const disk = { directory: mount, bytesAt: backing, close };
  const failingBy = (...sentences: readonly string[]): DiskBeneath => {
    const fail = async (does: boolean): Promise<void> => {
      await control.disarmAll();
      for (const [index, sentence] of does ? sentences.entries() : [])
        await control.arm(`f${index}`, sentence);
    };
    return { ...disk, fail };
  };
  return { ...disk, failingBy };
}

interface Filesystem {
  readonly bytes: number;
  /** The program that makes it, and its options. */
  readonly make: readonly [string, ...string[]];
  /** Of mount(8). */
  readonly options?: readonly string[];
}

function onLoopDevice(
  { bytes, make: [program, ...given], options = [] }: Filesystem,
  build: (mount: string) => Pick<DiskBeneath, 'directory' | 'fail'>,
): DiskBeneath {
  const home = mkdtempSync(join(tmpdir(), 'havock8s-beneath-'));
  const [image, mount] = [join(home, 'image'), join(home, 'mount')];
  let isMounted = false;
  const close = (): void => {
    if (isMounted) run('umount', mount);
    rmSync(home, { recursive: true });
  };
  try {
    chmodSync(home, 0o755);
    mkdirSync(mount);
    writeFileSync(image, '');
    truncateSync(image, bytes);
    run(program, ...given, image);
    run('mount', '-o', ['loop', ...options].join(','), image, mount);
    isMounted = true;
    const disk = build(mount);
    return { ...disk, bytesAt: disk.directory, close };
  } catch (error) {
    close();
    throw error;
  }
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 20_000 });
}
