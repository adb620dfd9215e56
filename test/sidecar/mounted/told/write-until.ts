/** Fills a file through a mount, piece by piece, and compares what the program was told with what lies beneath. */
import { closeSync, constants, ftruncateSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { O_DIRECT } from '../../../../sidecar/linux/constants.js';
import { dropCache, preadAt } from '../libc/files.js';
import { pages } from '../libc/memory.js';
import { answerOf } from './answer-of.js';
import { content, pieceBytes, putSynced, type WayToWrite } from './ways-to-write.js';

export interface Told {
  /** How many bytes of each piece the program was told are there. */
  readonly answers: readonly number[];
  /** The error that ended it, by name. */
  readonly error: string | null;
  /** Bytes of which the program was told that they are there. */
  readonly acknowledged: number;
  /** Of those, how many are. */
  readonly there: number;
}

export interface Filling {
  readonly mount: string;
  readonly backing: string;
  readonly way: WayToWrite;
  readonly pieces: number;
  /** Called when the file is open, before the first piece. */
  readonly whenOpen?: () => Promise<void>;
}

/** Ends at the first error, or where pieces end. */
export async function fill({ mount, backing, way, pieces: count, whenOpen }: Filling): Promise<Told> {
  const { O_RDWR, O_CREAT } = constants;
  const fd = openSync(join(mount, 'file'), O_RDWR | O_CREAT | (way.flags ?? 0));
  const answers: number[] = [];
  let error: string | null = null;
  let there = 0;
  try {
    if (way.withinFile) ftruncateSync(fd, count * pieceBytes);
    await whenOpen?.();
    while (answers.length < count && error === null) {
      const at = answers.length * pieceBytes;
      const told = answerOf(() => putSynced(way, mount, fd, at));
      if (typeof told === 'string') error = told;
      else answers.push(told);
      if (typeof told === 'number' && !way.reservesOnly) there += sameBytes(join(backing, 'file'), at, told);
    }
  } finally {
    closeSync(fd);
  }
  const acknowledged = answers.reduce((sum, each) => sum + each, 0);
  if (way.reservesOnly) there = Math.min(acknowledged, statSync(join(backing, 'file')).blocks * 512);
  return { answers, error, acknowledged, there };
}

/** How many of the bytes at `at` are those that were written, as the device has them and no cache. */
function sameBytes(path: string, at: number, bytes: number): number {
  const memory = pages(pieceBytes);
  const fd = openSync(path, constants.O_RDONLY | O_DIRECT);
  try {
    dropCache(fd);
    const read = preadAt(fd, memory.address, pieceBytes, at);
    const found = memory.load(0, Math.min(read, bytes));
    return found.reduce((same, byte, index) => same + (byte === content[index] ? 1 : 0), 0);
  } finally {
    closeSync(fd);
    memory.unmap();
  }
}
