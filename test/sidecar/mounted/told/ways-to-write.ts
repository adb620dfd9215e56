/** The ways in which a program puts bytes into a file, each followed by a sync, and what it is told of it. */
import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { O_DIRECT } from '../../../../sidecar/linux/constants.js';
import { copyFileRange, fallocate, pwriteAt } from '../libc/files.js';
import { map, pages } from '../libc/memory.js';

export interface Piece {
  readonly at: number;
  readonly bytes: Buffer;
}

export interface WayToWrite {
  /** More flags for open(2). */
  readonly flags?: number;
  /** Are there blocks only, and no bytes? */
  readonly reservesOnly?: boolean;
  /** Must the file be long enough before? */
  readonly withinFile?: boolean;
  /** How many bytes the program is told went in. Throws what it is told instead. */
  readonly put: (directory: string, fd: number, piece: Piece) => number;
}

export const waysToWrite = {
  write: { put: writeOnce },
  'write within the file': { withinFile: true, put: writeOnce },
  'O_DIRECT write': { flags: O_DIRECT, put: writeOnce },
  'O_DIRECT write within the file': { flags: O_DIRECT, withinFile: true, put: writeOnce },
  'store in a mapping': { withinFile: true, put: storeMapped },
  'store in a mapping of an O_DIRECT descriptor': { flags: O_DIRECT, withinFile: true, put: storeMapped },
  copy_file_range: {
    put: (directory, fd, { at, bytes }) => {
      const from = openSync(join(directory, 'source'), 'r');
      try {
        return copyFileRange(from, at % sourceBytes, fd, at, bytes.length);
      } finally {
        closeSync(from);
      }
    },
  },
  fallocate: {
    reservesOnly: true,
    put: (_, fd, { at, bytes }) => {
      fallocate(fd, 0, at, bytes.length);
      return bytes.length;
    },
  },
} satisfies Readonly<Record<string, WayToWrite>>;

export type WayName = keyof typeof waysToWrite;

/** What is copied from: every piece lies within it, since all pieces hold the same. */
export const pieceBytes = 75 * 4096;
const sourceBytes = pieceBytes;

/** Every page differs, and no byte is 0. */
export const content = Buffer.from(
  Uint8Array.from({ length: pieceBytes }, (_, index) => 1 + ((index + (index >> 12) * 7) % 255)),
);

export function prepare(directory: string): void {
  writeFileSync(join(directory, 'source'), content, { flush: true });
}

export function removeFile(directory: string): void {
  rmSync(join(directory, 'file'), { force: true });
}

/** Puts the piece in and syncs it: told is what both of them say. */
export function putSynced(way: WayToWrite, directory: string, fd: number, at: number): number {
  const told = way.put(directory, fd, { at, bytes: content });
  fsyncSync(fd);
  return told;
}

/** Node would write the rest itself, were it told less. */
function writeOnce(_: string, fd: number, { at, bytes }: Piece): number {
  const memory = pages(bytes.length);
  try {
    memory.store(0, bytes);
    return pwriteAt(fd, memory.address, bytes.length, at);
  } finally {
    memory.unmap();
  }
}

function storeMapped(_: string, fd: number, { at, bytes }: Piece): number {
  const memory = map(fd, { length: bytes.length, offset: at, shared: true, writable: true });
  try {
    memory.store(0, bytes);
    memory.sync();
    return bytes.length;
  } finally {
    memory.unmap();
  }
}
