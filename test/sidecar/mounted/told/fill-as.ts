/** Fills a disk in somebody's name, until he is told an error. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { join } from 'node:path';
import { asUser, type User } from '../libc/credentials.js';
import { answerOf } from './answer-of.js';
import { pieceBytes, putSynced, type WayToWrite } from './ways-to-write.js';

export const user: User = { uid: 2002, gid: 2002 };
export const root: User = { uid: 0, gid: 0 };
/** More than the disk has room for. */
const fileBytes = 16 * 2 ** 20;
const pieces = Math.floor(fileBytes / pieceBytes);
const roomMs = 20_000;
/** What the directory itself may have come to need. */
const fewBlocks = 4;

export interface Filled {
  /** How many he was told are there. */
  readonly bytes: number;
  readonly error: string | null;
}

/** `directory/file` is made for it, and removed, so that the disk beneath has its room back. */
export function fillAs(who: User, directory: string, way: WayToWrite): Filled {
  const path = join(directory, 'file');
  const before = statfsSync(directory).bfree;
  const filled = asUser(who, () => {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | (way.flags ?? 0));
    try {
      if (way.withinFile) ftruncateSync(fd, fileBytes);
      return fill(directory, fd, way);
    } finally {
      closeSync(fd);
    }
  });
  rmSync(path);
  awaitRoom(directory, before);
  return filled;
}

/** A disk server closes a file that was removed a moment after that: until then its blocks are not free. */
function awaitRoom(directory: string, blocks: number): void {
  const deadline = performance.now() + roomMs;
  do {
    // Of all disks: of a mount alone it would tell the error that its pages met.
    execFileSync('sync', { timeout: roomMs });
    if (statfsSync(directory).bfree >= blocks - fewBlocks) return;
  } while (performance.now() < deadline);
  throw new Error(
    `${directory} does not have its room back: ${statfsSync(directory).bfree} of ${blocks} blocks`,
  );
}

function fill(directory: string, fd: number, way: WayToWrite): Filled {
  let bytes = 0;
  for (let piece = 0; piece < pieces; piece++) {
    const told = answerOf(() => putSynced(way, directory, fd, piece * pieceBytes));
    if (typeof told === 'string') return { bytes, error: told };
    bytes += told;
  }
  return { bytes, error: null };
}

/** Of which everybody may make use. */
export function newDirectory(path: string): string {
  mkdirSync(path);
  chmodSync(path, 0o777);
  return path;
}
