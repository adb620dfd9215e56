/** The memory that bytes pass through: one buffer to read into, and some to keep aside what a slow reader leaves. */
import { allocate, type Memory } from '../../linux/memory.js';
import { limits } from '../limits.js';

export class Buffers {
  readonly #memory: Memory = allocate(limits.readBytes);
  readonly #spare: Uint8Array[] = [];
  /** Bytes kept aside, of all connections. */
  held = 0;

  get address(): number {
    return this.#memory.address;
  }

  /** Is so much held that nobody may hold more than a little? */
  get isCrowded(): boolean {
    return this.held >= limits.heldBytes;
  }

  /** How much to read at once. */
  get readBytes(): number {
    return this.isCrowded ? limits.crowdedReadBytes : limits.readBytes;
  }

  /** Where `read` bytes of the buffer lie, until the next read. */
  view(from: number, to: number): Uint8Array {
    return this.#memory.bytes.subarray(from, to);
  }

  /** Copies what lies in the buffer aside. */
  keep(from: number, to: number): Kept {
    const size = to - from;
    this.held += size;
    if (size < limits.smallRestBytes) return { bytes: this.#memory.bytes.slice(from, to), buffer: null };
    const buffer = this.#spare.pop() ?? new Uint8Array(limits.readBytes);
    buffer.set(this.view(from, to));
    return { bytes: buffer.subarray(0, size), buffer };
  }

  /** What was kept is gone, `size` bytes of it. */
  release(size: number): void {
    this.held -= size;
  }

  reuse(buffer: Uint8Array | null): void {
    if (buffer && this.#spare.length < limits.spareBuffers) this.#spare.push(buffer);
  }
}

export interface Kept {
  readonly bytes: Uint8Array;
  readonly buffer: Uint8Array | null;
}
