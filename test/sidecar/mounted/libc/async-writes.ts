/**
 * Asynchronous writes, by the system calls themselves: those of libaio (io_submit) and io_uring. Several pieces are on
 * their way at once.
 */
import koffi from 'koffi';
import { CallError, checked, libc } from './call.js';
import { map } from './memory.js';

const number = {
  x64: { ioSetup: 206, ioDestroy: 207, ioGetEvents: 208, ioSubmit: 209 },
  arm64: { ioSetup: 0, ioDestroy: 1, ioGetEvents: 4, ioSubmit: 2 },
}[process.arch === 'arm64' ? 'arm64' : 'x64'];
const uringNumber = { setup: 425, enter: 426 } as const;

const calls = {
  syscall: libc.func('syscall', 'int64_t', Array(7).fill('int64_t')),
  close: libc.func('int close(int fd)'),
};

const syscall = (name: string, ...all: number[]): number =>
  checked(name, Number(calls.syscall(...all, ...Array(7 - all.length).fill(0))));

/** A signal that comes in between, and a want of memory that passes, are no failure of the write. */
const passing: readonly unknown[] = ['EINTR', 'EAGAIN'];
const patienceMs = 30_000;

/** Calls until `isDone`, with what is left to do; a call may do a part. */
function untilDone(isDone: () => boolean, call: () => void): void {
  const endMs = performance.now() + patienceMs;
  while (!isDone()) {
    try {
      call();
    } catch (error) {
      const isPassing = error instanceof CallError && passing.includes(error.code);
      if (!isPassing || performance.now() > endMs) throw error;
    }
  }
}

export interface Piece {
  readonly fd: number;
  readonly address: number;
  readonly length: number;
  readonly offset: number;
}

export interface AsyncWrites {
  /** Returns at once. What it returns waits, and throws unless every piece was written whole. */
  begin(pieces: readonly Piece[]): () => void;
  close(): void;
}

const depth = 16;

class Block {
  readonly address: number;
  readonly view: DataView;

  constructor(bytes: number) {
    const memory = Buffer.from(new ArrayBuffer(bytes));
    this.address = Number(koffi.address(memory));
    this.view = new DataView(memory.buffer);
  }
}

/** struct io_event: user data u64@0, result i64@16; in the order in which they ended. */
export function libaio(): AsyncWrites {
  const context = new Block(8);
  syscall('io_setup', number.ioSetup, depth, context.address);
  const id = Number(context.view.getBigUint64(0, true));
  const [control, list, events] = [new Block(64 * depth), new Block(8 * depth), new Block(32 * depth)];
  return {
    begin(pieces) {
      pieces.forEach((piece, index) => {
        list.view.setBigUint64(index * 8, BigInt(control.address + index * 64), true);
        fillControlBlock(control.view, index * 64, piece, index);
      });
      let submitted = 0;
      untilDone(
        () => submitted === pieces.length,
        () => {
          const left = pieces.length - submitted;
          submitted += syscall('io_submit', number.ioSubmit, id, left, list.address + submitted * 8);
        },
      );
      return () => {
        let ended = 0;
        untilDone(
          () => ended === pieces.length,
          () => {
            const left = pieces.length - ended;
            const into = events.address + ended * 32;
            ended += syscall('io_getevents', number.ioGetEvents, id, left, left, into, 0);
          },
        );
        const results: number[] = [];
        for (let at = 0; at < ended * 32; at += 32) {
          results[Number(events.view.getBigUint64(at, true))] = Number(
            events.view.getBigInt64(at + 16, true),
          );
        }
        checkWhole(pieces, results);
      };
    },
    close: () => void syscall('io_destroy', number.ioDestroy, id),
  };
}

/** struct iocb: user data u64@0, opcode u16@16, fd u32@20, buffer u64@24, bytes u64@32, offset i64@40. */
function fillControlBlock(view: DataView, at: number, piece: Piece, userData: number): void {
  const { fd, address, length, offset } = piece;
  const IOCB_CMD_PWRITE = 1;
  view.setBigUint64(at, BigInt(userData), true);
  view.setUint16(at + 16, IOCB_CMD_PWRITE, true);
  view.setUint32(at + 20, fd, true);
  view.setBigUint64(at + 24, BigInt(address), true);
  view.setBigUint64(at + 32, BigInt(length), true);
  view.setBigInt64(at + 40, BigInt(offset), true);
}

/** struct io_uring_params: where in the ring its parts lie. */
const parameter = {
  sqTail: 44,
  sqMask: 48,
  sqArray: 64,
  cqHead: 80,
  cqTail: 84,
  cqMask: 88,
  cqes: 100,
} as const;
const ringBytes = 4096;
const entriesAt = 0x10000000;

export function uring(): AsyncWrites {
  const parameters = new Block(120);
  const fd = syscall('io_uring_setup', uringNumber.setup, depth, parameters.address);
  const options = { length: ringBytes, shared: true, writable: true };
  const [ring, entries] = [map(fd, options), map(fd, { ...options, offset: entriesAt })];
  const words = new Int32Array(koffi.view(BigInt(ring.address), ringBytes));
  const view = new DataView(koffi.view(BigInt(entries.address), ringBytes));
  const at = (name: keyof typeof parameter): number => parameters.view.getUint32(parameter[name], true) / 4;
  const get = (index: number): number => Atomics.load(words, index);
  return {
    begin(pieces) {
      const tail = get(at('sqTail'));
      pieces.forEach((piece, index) => {
        const slot = (tail + index) & get(at('sqMask'));
        fillEntry(view, slot * 64, piece, index);
        words[at('sqArray') + slot] = slot;
      });
      Atomics.store(words, at('sqTail'), tail + pieces.length);
      let submitted = 0;
      untilDone(
        () => submitted === pieces.length,
        () => {
          submitted += syscall('io_uring_enter', uringNumber.enter, fd, pieces.length - submitted, 0, 0);
        },
      );
      return () => {
        const waitForThem = 1;
        untilDone(
          () => get(at('cqTail')) - get(at('cqHead')) === pieces.length,
          () => void syscall('io_uring_enter', uringNumber.enter, fd, 0, pieces.length, waitForThem),
        );
        const results: number[] = [];
        for (let head = get(at('cqHead')); head !== get(at('cqTail')); head += 1) {
          const entry = at('cqes') + (head & get(at('cqMask'))) * 4;
          results[get(entry)] = get(entry + 2);
          Atomics.store(words, at('cqHead'), head + 1);
        }
        checkWhole(pieces, results);
      };
    },
    close() {
      ring.unmap();
      entries.unmap();
      calls.close(fd);
    },
  };
}

/** struct io_uring_sqe: opcode u8@0, fd i32@4, offset u64@8, buffer u64@16, bytes u32@24, user data u64@32. */
function fillEntry(view: DataView, at: number, piece: Piece, userData: number): void {
  const { fd, address, length, offset } = piece;
  const IORING_OP_WRITE = 23;
  view.setUint8(at, IORING_OP_WRITE);
  view.setInt32(at + 4, fd, true);
  view.setBigUint64(at + 8, BigInt(offset), true);
  view.setBigUint64(at + 16, BigInt(address), true);
  view.setUint32(at + 24, length, true);
  view.setBigUint64(at + 32, BigInt(userData), true);
}

function checkWhole(pieces: readonly Piece[], results: readonly number[]): void {
  const wrong = pieces.findIndex((piece, index) => results[index] !== piece.length);
  if (wrong >= 0) throw new Error(`an asynchronous write gave ${results[wrong]} of ${pieces[wrong]?.length}`);
}
