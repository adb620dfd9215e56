/** Whether disks can be served as asked: each by itself, then all of them together. */
import { constants, readdirSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import type { LocalDisk } from '../../../sidecar/supervise/local/local-options.js';
import type { InputProblem } from '../../bad-input.js';
import { allows, type PathState, pathState } from './path-state.js';

/** `disks` are as they were given; what is returned is free of symbolic links. */
export interface CheckedDisks {
  readonly disks: readonly LocalDisk[];
  readonly problems: readonly InputProblem[];
}

export function checkDisks(given: readonly LocalDisk[]): CheckedDisks {
  const missing = given.flatMap((disk) => [...problemsOfBacking(disk), ...problemsOfMountpoint(disk)]);
  if (missing.length > 0) return { disks: [], problems: missing };
  const disks = given.map((disk) => ({
    ...disk,
    backing: realpathSync(disk.backing),
    mountpoint: realpathSync(disk.mountpoint),
  }));
  return { disks, problems: disks.flatMap((disk, index) => problemsAmong(disk, disks.slice(0, index))) };
}

function problemsOfBacking({ backing }: LocalDisk): readonly InputProblem[] {
  const state = pathState(backing);
  if (state !== 'directory') return [about(backing, `BACKING ${isNot(state)}`)];
  if (allows(backing, constants.R_OK | constants.X_OK)) return [];
  return [about(backing, `BACKING cannot be read by uid ${process.getuid?.()}`)];
}

function problemsOfMountpoint({ mountpoint }: LocalDisk): readonly InputProblem[] {
  const state = pathState(mountpoint);
  if (state === 'ENOTCONN') {
    const message = `MOUNT is a dead mount that somebody left behind; take it away with: umount --lazy ${mountpoint}`;
    return [about(mountpoint, message)];
  }
  if (state !== 'directory') return [about(mountpoint, `MOUNT ${isNot(state)}`)];
  if (isEmpty(mountpoint)) return [];
  return [about(mountpoint, 'MOUNT is not empty, and what is in it would be hidden')];
}

function isNot(state: PathState): string {
  if (state === 'ENOENT') return 'does not exist';
  return state.startsWith('E') ? `cannot be looked at (${state})` : 'is not a directory';
}

/** One that may not be listed is left to the mount itself. */
function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return true;
  }
}

/** The fault proxy reaches backings by their paths: none may lead through a mount, or it would wait for itself. */
function problemsAmong(disk: LocalDisk, earlier: readonly LocalDisk[]): readonly InputProblem[] {
  const problems = isWithin(disk.mountpoint, disk.backing) ? [overlap('MOUNT', disk.mountpoint, disk)] : [];
  if (isWithin(disk.backing, disk.mountpoint)) problems.push(overlap('BACKING', disk.backing, disk));
  for (const other of earlier) problems.push(...problemsBetween(disk, other));
  return unique(problems);
}

function problemsBetween(disk: LocalDisk, other: LocalDisk): InputProblem[] {
  const problems: InputProblem[] = [];
  if (disk.volume === other.volume) {
    problems.push(
      about(disk.mountpoint, `two volumes are called ${disk.volume}; name them: NAME:BACKING=MOUNT`),
    );
  }
  if (disk.backing === other.backing)
    problems.push(about(disk.backing, `BACKING is served at ${other.mountpoint} already`));
  for (const [one, two] of [[disk, other] as const, [other, disk] as const]) {
    if (isWithin(one.mountpoint, two.mountpoint)) problems.push(overlap('MOUNT', one.mountpoint, two));
    if (isWithin(one.mountpoint, two.backing)) problems.push(overlap('MOUNT', one.mountpoint, two));
    if (isWithin(one.backing, two.mountpoint)) problems.push(overlap('BACKING', one.backing, two));
  }
  return problems;
}

export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === sep ? sep : directory + sep);
}

function overlap(role: string, path: string, { backing, mountpoint }: LocalDisk): InputProblem {
  return about(path, `${role} overlaps with ${backing}=${mountpoint}: neither may be within the other`);
}

const about = (path: string, message: string): InputProblem => ({ subject: `--disk ${path}`, message });

function unique(problems: readonly InputProblem[]): readonly InputProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.subject} ${problem.message}`, problem])).values()];
}
