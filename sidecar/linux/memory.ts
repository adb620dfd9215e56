/** Memory outside JavaScript's heap: its address goes to the kernel, its typed arrays to us. */
import koffi from 'koffi';
import { HavocError } from '../../core/havoc-error.js';
import { errnoName } from './errno.js';
import { errno, libc } from './libc.js';

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MAP_POPULATE = 0x8000;
const MADV_DONTFORK = 10;
const MFD_CLOEXEC = 1;

export interface Memory {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly unsigned: Uint32Array;
  readonly doubles: Float64Array;
  readonly longs: BigInt64Array;
}

/** Zeroed memory of this thread's own, page-aligned, for as long as the process lives. */
export const allocate = (bytes: number): Memory => anonymous(bytes, MAP_PRIVATE_ANONYMOUS);

/**
 * The same, every page in place from the start, and not for child processes. A thread that is being killed can still copy
 * to and from such memory. At a page that was never touched the kernel gives up, and fails the request it was copying; so
 * it does at one that a fork has made copy-on-write, and every `nft` is one (madvise(2), MADV_DONTFORK).
 */
export function allocatePresent(bytes: number): Memory {
  const memory = anonymous(bytes, MAP_PRIVATE_ANONYMOUS | MAP_POPULATE);
  if (libc.madvise(memory.address, bytes, MADV_DONTFORK) < 0)
    throw new HavocError(
      'sidecar.no-memory',
      `cannot keep ${bytes} bytes from child processes: ${errnoName(errno())}`,
    );
  return memory;
}

/** The address of memory as `allocate` gives it, to be unmapped again; -1 where there is none. */
export const mapPrivate = (bytes: number): number =>
  libc.mmap(0, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);

function anonymous(bytes: number, flags: number): Memory {
  return viewOf(mapped(libc.mmap(0, bytes, PROT_READ_WRITE, flags, -1, 0), bytes), bytes);
}

/**
 * A descriptor of so many bytes, all zero, that whoever has it can map (`mapFile`); it is named in /proc/PID/fd.
 * -1 where there is none: `errno` says why.
 */
export function memoryFile(name: string, bytes: number): number {
  const fd = libc.memfdCreate(cString(name), MFD_CLOEXEC);
  return fd < 0 || libc.ftruncate(fd, bytes) < 0 ? -1 : fd;
}

/** Maps a file's first bytes and looks at them; every mapping of it, in any thread or process, shows the same. */
export const mapFile = (fd: number, bytes: number): Memory => viewOf(mapFileAt(fd, bytes), bytes);

/**
 * The address at which a file's first bytes are mapped, for `viewOf` in any thread of this process: where each thread
 * maps for itself, the same pages count as resident once for each.
 */
export function mapFileAt(fd: number, bytes: number): number {
  return mapped(libc.mmap(0, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0), bytes);
}

function mapped(address: number, bytes: number): number {
  if (address === -1)
    throw new HavocError('sidecar.no-memory', `cannot map ${bytes} bytes: ${errnoName(errno())}`);
  return address;
}

/** Memory that is mapped at `address`, and stays so. */
export function viewOf(address: number, bytes: number): Memory {
  const buffer = koffi.view(BigInt(address), bytes) as unknown as ArrayBuffer;
  return {
    address,
    bytes: new Uint8Array(buffer),
    words: new Int32Array(buffer),
    unsigned: new Uint32Array(buffer),
    doubles: new Float64Array(buffer),
    longs: new BigInt64Array(buffer),
  };
}

/** A small memory to hand strings and structures to system calls; one a thread, overwritten by its next user. */
export const scratch = allocate(64 * 1024);

/** Writes a NUL-ended string into `scratch` at `offset` and returns its address. */
export function cString(text: string | Uint8Array, offset = 0): number {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  scratch.bytes.set(bytes, offset);
  scratch.bytes[offset + bytes.length] = 0;
  return scratch.address + offset;
}
