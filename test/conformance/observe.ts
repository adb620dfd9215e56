/** What cases look at: outcomes as errno names, and the facts of a file without those that must differ, as its inode. */
import { type BigIntStats, lstatSync } from 'node:fs';
import type { Path } from '../sidecar/mounted/libc/call.js';
import { awaitClockStep } from '../sidecar/mounted/libc/clock.js';
import { utimens } from '../sidecar/mounted/libc/files.js';

/** What the call returned, `ok` for nothing, or the name of its errno. */
export function outcome<T>(act: () => T): T | string {
  try {
    return act() ?? 'ok';
  } catch (error) {
    return errnoName(error);
  }
}

export function errnoName(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}

/** The outcome of the same act on each of a list, by name. */
export function outcomes<T>(
  subjects: Readonly<Record<string, T>>,
  act: (subject: T, name: string) => unknown,
): unknown {
  return Object.fromEntries(
    Object.entries(subjects).map(([name, subject]) => [name, outcome(() => act(subject, name))]),
  );
}

export interface Facts {
  readonly type: string;
  readonly mode: string;
  readonly nlink: bigint;
  readonly owner: string;
  readonly size: bigint;
  readonly blocks: bigint;
  readonly rdev: bigint;
}

export function facts(path: Path): Facts {
  return factsOf(lstatSync(path, { bigint: true }));
}

export function factsOf(stats: BigIntStats): Facts {
  const mode = Number(stats.mode);
  return {
    type: (mode & 0o170000).toString(8),
    mode: (mode & 0o7777).toString(8),
    nlink: stats.nlink,
    owner: `${stats.uid}:${stats.gid}`,
    size: stats.size,
    blocks: stats.blocks,
    rdev: stats.rdev,
  };
}

export function modeOf(path: Path): string {
  return facts(path).mode;
}

export function sameFile(one: Path, other: Path): boolean {
  return lstatSync(one, { bigint: true }).ino === lstatSync(other, { bigint: true }).ino;
}

export const nanosecond2001 = 1_000_000_000_123_456_789n;

/** Which times of `path` an act changes. Both atime and mtime are long ago when it starts. */
export function timesChanged(path: Path, act: () => unknown): readonly string[] {
  utimens(path, nanosecond2001, nanosecond2001);
  const before = lstatSync(path, { bigint: true });
  awaitClockStep();
  act();
  const after = lstatSync(path, { bigint: true });
  return (['atimeNs', 'mtimeNs', 'ctimeNs'] as const).filter((time) => after[time] !== before[time]);
}
