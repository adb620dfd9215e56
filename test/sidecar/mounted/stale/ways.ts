/** The ways to write and to read a file whose bytes must agree: each opens it for itself. */

import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import koffi from 'koffi';
import { assertNever } from '../../../../core/assert-never.js';
import { type AsyncWrites, libaio, uring } from '../libc/async-writes.js';
import { preadAt, pwriteAt } from '../libc/files.js';
import { type Mapping, map, pages } from '../libc/memory.js';

/** Page-aligned, as O_DIRECT wants it. */
export class Buffers {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;

  constructor(length: number) {
    this.address = pages(length).address;
    const memory = koffi.view(BigInt(this.address), length) as unknown as ArrayBuffer;
    this.bytes = new Uint8Array(memory);
    this.words = new Int32Array(memory);
  }
}

export interface Way {
  /** Moves `length` bytes between the buffer's start and the file's `offset`, all of them or it throws. */
  move(buffers: Buffers, offset: number, length: number): void;
  close(): void;
}

const { O_RDONLY, O_RDWR, O_DIRECT } = constants;

export type Writing = 'buffered' | 'direct' | 'libaio' | 'uring' | 'mapped';
export type Reading = 'buffered' | 'opened' | 'direct' | 'mapped';

export function writing(how: Writing, path: string, fileBytes: number): Way {
  switch (how) {
    case 'buffered':
      return onDescriptor(openSync(path, O_RDWR), (fd, { bytes }, offset, length) =>
        writeSync(fd, bytes, 0, length, offset),
      );
    case 'direct':
      return onDescriptor(openSync(path, O_RDWR | O_DIRECT), (fd, { address }, offset, length) =>
        pwriteAt(fd, address, length, offset),
      );
    case 'libaio':
      return asynchronous(libaio(), path);
    case 'uring':
      return asynchronous(uring(), path);
    case 'mapped':
      return onMapping(path, fileBytes, (mapping, { bytes }, offset, length) => {
        mapping.store(offset, Buffer.from(bytes.buffer, bytes.byteOffset, length));
        mapping.sync();
      });
    default:
      return assertNever(how);
  }
}

export function reading(how: Reading, path: string, fileBytes: number): Way {
  switch (how) {
    case 'buffered':
      return onDescriptor(openSync(path, O_RDONLY), (fd, { bytes }, offset, length) =>
        readSync(fd, bytes, 0, length, offset),
      );
    case 'direct':
      return onDescriptor(openSync(path, O_RDONLY | O_DIRECT), (fd, { address }, offset, length) =>
        preadAt(fd, address, length, offset),
      );
    case 'opened':
      return {
        move: (buffers, offset, length) => readOpened(path, buffers, offset, length),
        close: () => {},
      };
    case 'mapped':
      return onMapping(path, fileBytes, (mapping, { bytes }, offset, length) =>
        bytes.set(mapping.load(offset, length)),
      );
    default:
      return assertNever(how);
  }
}

/** As `cat` does: opens the file, reads on in pieces of 128 KiB, closes it. */
function readOpened(path: string, { bytes }: Buffers, offset: number, length: number): void {
  const fd = openSync(path, O_RDONLY);
  try {
    for (let done = 0; done < length; )
      done += whole(1, readSync(fd, bytes, done, Math.min(128 * 1024, length - done), offset + done));
  } finally {
    closeSync(fd);
  }
}

type Move<T> = (on: T, buffers: Buffers, offset: number, length: number) => number;

const onDescriptor = (fd: number, move: Move<number>): Way => ({
  move: (buffers, offset, length) => void whole(length, move(fd, buffers, offset, length)),
  close: () => closeSync(fd),
});

function onMapping(path: string, fileBytes: number, move: (...all: Parameters<Move<Mapping>>) => void): Way {
  const fd = openSync(path, O_RDWR);
  const mapping = map(fd, { length: fileBytes, shared: true, writable: true });
  closeSync(fd);
  return {
    move: (buffers, offset, length) => move(mapping, buffers, offset, length),
    close: () => mapping.unmap(),
  };
}

/** In up to four pieces that are on their way together. */
function asynchronous(writes: AsyncWrites, path: string): Way {
  const fd = openSync(path, O_RDWR | O_DIRECT);
  return {
    move({ address }, offset, length) {
      const piece = Math.ceil(length / 4 / 4096) * 4096;
      const starts = Array.from({ length: Math.ceil(length / piece) }, (_, index) => index * piece);
      const finish = writes.begin(
        starts.map((at) => ({
          fd,
          address: address + at,
          length: Math.min(piece, length - at),
          offset: offset + at,
        })),
      );
      finish();
    },
    close() {
      writes.close();
      closeSync(fd);
    },
  };
}

function whole(least: number, moved: number): number {
  if (moved < least) throw new Error(`${moved} bytes were moved instead of ${least}`);
  return moved;
}
