/**
 * What tells a file from every other: device, inode number, type and, where the file system tells it, the time of
 * birth. A file system gives the number of a file that was removed to the next one at once, and that may be a FIFO.
 *
 *     word 4 device | 6-7 inode number | 10 bits 28-31 type | 16 a hash of the birth
 */
import { type FileStat, statx } from '../wire/attributes.js';
import { bucketCount } from './volume-state.js';

const word = { device: 4, inoLow: 6, inoHigh: 7, type: 10, birth: 16 } as const;

/** S_IFMT is the upper four of sixteen bits: so it lies in the upper four of a word. */
const typeShift = 16;
const typeMask = 0xf0000000;

/** A slot: `at` is the index of its first word. */
export interface SlotWords {
  readonly words: Int32Array;
  readonly at: number;
}

export class InodeIdentity {
  readonly #birthDevice: () => number;
  /** `birthDevice`: the device on which a file's birth is told, and never changes. */
  constructor(birthDevice: () => number) {
    this.#birthDevice = birthDevice;
  }

  /** Of a slot that stands for nothing yet, or for nothing any more. */
  set({ words, at }: SlotWords, stat: FileStat): void {
    words[at + word.device] = stat.device;
    words[at + word.inoLow] = stat.word(statx.ino);
    words[at + word.inoHigh] = stat.word(statx.ino + 4);
    words[at + word.birth] = this.#birthHash(stat);
    words[at + word.type] = ((words[at + word.type] ?? 0) & ~typeMask) | (stat.type << typeShift);
  }

  /** From now on it is of no file: every file has a type. */
  lose({ words, at }: SlotWords): void {
    words[at + word.type] = (words[at + word.type] ?? 0) & ~typeMask;
  }

  isOf({ words, at }: SlotWords, stat: FileStat): boolean {
    return (
      words[at + word.inoLow] === (stat.word(statx.ino) | 0) &&
      words[at + word.inoHigh] === (stat.word(statx.ino + 4) | 0) &&
      words[at + word.device] === (stat.device | 0) &&
      typeOf({ words, at }) === stat.type &&
      words[at + word.birth] === this.#birthHash(stat)
    );
  }

  /** Does `stat` tell when the file was made, by this machine's clock? */
  tellsBirth(stat: FileStat): boolean {
    return stat.device === this.#birthDevice() && stat.birth !== null;
  }

  #birthHash(stat: FileStat): number {
    if (!this.tellsBirth(stat)) return 0;
    const [seconds, nanoseconds] = stat.birth ?? [0, 0];
    return Math.imul(seconds ^ Math.imul(nanoseconds, 0x85ebca6b), 0x9e3779b1);
  }
}

/** S_IFMT's bits of the file that a slot stands for. */
export const typeOf = ({ words, at }: SlotWords): number =>
  ((words[at + word.type] ?? 0) & typeMask) >>> typeShift;

export const deviceOf = ({ words, at }: SlotWords): number => (words[at + word.device] ?? 0) >>> 0;

/** Where the hash table has it. */
export const bucketOf = (stat: FileStat): number => bucketOfKey(stat.device, stat.word(statx.ino));

export const bucketOfSlot = ({ words, at }: SlotWords): number =>
  bucketOfKey(deviceOf({ words, at }), (words[at + word.inoLow] ?? 0) >>> 0);

const bucketOfKey = (device: number, inoLow: number): number =>
  (Math.imul(inoLow ^ Math.imul(device, 0x85ebca6b), 0x9e3779b1) >>> 13) % bucketCount;
