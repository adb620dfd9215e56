/**
 * Numbered slots of a fixed size in shared memory, looked at a chunk at a time as they come into use.
 *
 *     page 0: [used high-water, free list's head] ... chunk 0: slots 0-65535 | chunk 1: ...
 *
 * Slot 0 is never given out, so that 0 can mean none. Callers hold the table's lock around `take` and `give`.
 */
import { type Memory, viewOf } from '../../linux/memory.js';

const chunkShift = 16;
const slotsPerChunk = 1 << chunkShift;
const chunkMask = slotsPerChunk - 1;

/** Word 1 of a free slot is the next free one. */
const nextFree = 1;

export interface SlabOptions {
  /** Of the first chunk. */
  readonly address: number;
  readonly slotBytes: number;
  readonly capacity: number;
  /** Two words kept beside the slots: high-water mark and head of the free list. */
  readonly header: Int32Array;
}

export class Slab {
  private readonly chunks: Memory[] = [];
  readonly slotWords: number;

  constructor(private readonly options: SlabOptions) {
    this.slotWords = options.slotBytes / 4;
  }

  /** A zeroed slot's number, or 0 when all are taken. */
  take(): number {
    const { header, capacity } = this.options;
    const free = header[1] ?? 0;
    if (free !== 0) {
      header[1] = this.words(free)[this.at(free) + nextFree] ?? 0;
      this.clear(free);
      return free;
    }
    const slot = (header[0] ?? 0) + 1;
    if (slot >= capacity) return 0;
    header[0] = slot;
    return slot;
  }

  give(slot: number): void {
    this.clear(slot);
    this.words(slot)[this.at(slot) + nextFree] = this.options.header[1] ?? 0;
    this.options.header[1] = slot;
  }

  /** Was this number ever given out? What arrives from the kernel is checked by it before use. */
  knows(slot: number): boolean {
    return slot > 0 && slot <= (this.options.header[0] ?? 0);
  }

  get highest(): number {
    return this.options.header[0] ?? 0;
  }

  /** The chunk that holds a slot; `at(slot)` is the index of its first word there. */
  memory(slot: number): Memory {
    const index = slot >>> chunkShift;
    return this.chunks[index] ?? this.view(index);
  }

  words(slot: number): Int32Array {
    return this.memory(slot).words;
  }

  /** The address of a slot, for system calls that read a name out of it. */
  address(slot: number): number {
    return this.memory(slot).address + (slot & chunkMask) * this.options.slotBytes;
  }

  at(slot: number): number {
    return (slot & chunkMask) * this.slotWords;
  }

  private clear(slot: number): void {
    const at = this.at(slot);
    this.words(slot).fill(0, at, at + this.slotWords);
  }

  private view(index: number): Memory {
    const { address, slotBytes } = this.options;
    const chunkBytes = slotsPerChunk * slotBytes;
    const memory = viewOf(address + index * chunkBytes, chunkBytes);
    this.chunks[index] = memory;
    return memory;
  }
}
