/**
 * What a volume's fault proxy must know to be started again after a SIGKILL, in memory that outlives it: an
 * anonymous file that all its threads map and the holder keeps.
 *
 *     ┌ page 0: the INIT that was agreed, locks, high-water marks
 *     ├ intents: what each thread was doing that must not be done twice
 *     ├ flights: requests taken from the kernel and not answered yet
 *     ├ buckets: hash of (device, inode number) -> inode slot
 *     ├ bits: which slots of the three tables are given out
 *     ├ inodes:     128 bytes each
 *     ├ long names: 256 bytes each, of those that have no room in an inode's slot
 *     └ handles:     64 bytes each
 *
 * The file is sparse: only what is touched takes memory, and what is free again is given back (`slab.ts`).
 */
import { readSync } from 'node:fs';
import { HavocError } from '../../../core/havoc-error.js';
import { errnoName } from '../../linux/errno.js';
import { errno } from '../../linux/libc.js';
import { type Memory, mapFileAt, memoryFile, viewOf } from '../../linux/memory.js';
import { pageBytes } from '../wire/sizes.js';
import { Lock } from './lock.js';
import { Slab, slabIndexBytes } from './slab.js';

const magic = 0x68617636;

export const inodeBytes = 128;
export const longNameBytes = 256;
export const handleBytes = 64;
export const bucketCount = 1 << 19;
export const intentBytes = 1024;
export const intentSlots = 32;
export const flightSlots = 1 << 15;

/** Word indices of page 0. */
export const field = {
  magic: 0,
  initDone: 1,
  minor: 2,
  flags: 3,
  flags2: 4,
  inodeLock: 8,
  handleLock: 9,
  flightLock: 10,
  /** Grows with every change of a name: cached paths of an older epoch are stale. */
  nameEpoch: 11,
  /** Reader threads that are inside a call that may take long. */
  blockedReaders: 12,
  /** Set once a fault on reads was armed: pages that it spoilt may be in the kernel. */
  readsFaulted: 13,
  /** When we had the kernel drop pages last (page-drops.ts). */
  lastDropS: 14,
  inodeSlab: 16,
  handleSlab: 18,
  /** How many fault proxies served this mount before. */
  life: 20,
  /** Grows when another holder begins to be handed what the one before had. */
  holder: 21,
  /** The device on which a file's time of birth never changes; 0: there it may, or is not told. */
  birthDevice: 22,
  /** Four words: where the disk beneath is mounted, and what of (`backing-place.ts`). */
  place: 24,
  /** Two words each. */
  longNameSlab: 32,
  /** What inodes and their names may take: past `many` the kernel is asked to forget, past `most` there are no more. */
  mostKiB: 34,
  manyKiB: 35,
  /** How many inodes the kernel forgot. */
  forgotten: 36,
  /** 64 words: the devices that were met, the disk's own first (devices.ts). */
  devices: 64,
} as const;

/** What the numbers may come to; what the memory is enough for is less (`inode-bound.ts`). */
const capacity = { inodes: 1 << 22, longNames: 1 << 22, handles: 1 << 20 } as const;
const intentsAt = pageBytes;
const flightsAt = intentsAt + intentSlots * intentBytes;
const bucketsAt = flightsAt + flightSlots * 8;
const inodeBitsAt = bucketsAt + bucketCount * 4;
const longNameBitsAt = inodeBitsAt + slabIndexBytes(capacity.inodes);
const handleBitsAt = longNameBitsAt + slabIndexBytes(capacity.longNames);
const inodesAt = handleBitsAt + slabIndexBytes(capacity.handles);
const longNamesAt = inodesAt + capacity.inodes * inodeBytes;
const handlesAt = longNamesAt + capacity.longNames * longNameBytes;
const fileBytes = handlesAt + capacity.handles * handleBytes;

export interface VolumeState {
  readonly fd: number;
  /** Where this process has it mapped. */
  readonly address: number;
  readonly header: Int32Array;
  readonly intents: Memory;
  readonly flights: Uint32Array;
  readonly buckets: Int32Array;
  readonly inodes: Slab;
  /** Under the lock of the inodes. */
  readonly longNames: Slab;
  readonly handles: Slab;
  readonly inodeLock: Lock;
  readonly handleLock: Lock;
  readonly flightLock: Lock;
}

/** A new, empty state; its descriptor is to be given to the holder before the first request is answered. */
export function createVolumeState(volume: string): VolumeState {
  const fd = memoryFile(`havock8s-${volume}`.slice(0, 200), fileBytes);
  if (fd < 0) {
    throw new HavocError('disk.no-state', `cannot make the state of volume ${volume}: ${errnoName(errno())}`);
  }
  const state = viewVolumeState(fd, mapFileAt(fd, fileBytes));
  boundInodes(state, capacity.inodes * inodeBytes);
  state.header[field.magic] = magic;
  return state;
}

/** Says how much memory the inodes that the kernel knows may take; half of it is `many`. */
export function boundInodes({ header }: VolumeState, bytes: number): void {
  header[field.mostKiB] = Math.floor(bytes / 1024);
  header[field.manyKiB] = Math.floor(bytes / 2048);
}

/** The state that a fault proxy that died made; or, with its address, that another thread of this process mapped. */
export function attachVolumeState(fd: number, address = mapFileAt(fd, fileBytes)): VolumeState {
  const state = viewVolumeState(fd, address);
  if (state.header[field.magic] !== magic) {
    throw new HavocError(
      'disk.foreign-state',
      'the kept state is of another version of havock8s: unmount and start afresh',
    );
  }
  return state;
}

/** What a fault proxy before us kept, if it got as far as to agree with the kernel. */
export function earlierState(fd: number | undefined): VolumeState | null {
  if (fd === undefined) return null;
  const state = attachVolumeState(fd);
  return state.header[field.initDone] === 1 ? state : null;
}

/** Did the fault proxy that made this state get as far as to agree with the kernel? */
export function isAgreed(fd: number): boolean {
  const words = new Int32Array(field.initDone + 1);
  readSync(fd, words, 0, words.byteLength, 0);
  return words[field.initDone] === 1;
}

function viewVolumeState(fd: number, address: number): VolumeState {
  const header = viewOf(address, pageBytes).words;
  return {
    fd,
    address,
    header,
    intents: viewOf(address + intentsAt, flightsAt - intentsAt),
    flights: viewOf(address + flightsAt, bucketsAt - flightsAt).unsigned,
    buckets: viewOf(address + bucketsAt, inodeBitsAt - bucketsAt).words,
    inodes: new Slab({
      indexAddress: address + inodeBitsAt,
      address: address + inodesAt,
      slotBytes: inodeBytes,
      capacity: capacity.inodes,
      header: header.subarray(field.inodeSlab, field.inodeSlab + 2),
    }),
    longNames: new Slab({
      indexAddress: address + longNameBitsAt,
      address: address + longNamesAt,
      slotBytes: longNameBytes,
      capacity: capacity.longNames,
      header: header.subarray(field.longNameSlab, field.longNameSlab + 2),
    }),
    handles: new Slab({
      indexAddress: address + handleBitsAt,
      address: address + handlesAt,
      slotBytes: handleBytes,
      capacity: capacity.handles,
      header: header.subarray(field.handleSlab, field.handleSlab + 2),
    }),
    inodeLock: new Lock(header, field.inodeLock),
    handleLock: new Lock(header, field.handleLock),
    flightLock: new Lock(header, field.flightLock),
  };
}
