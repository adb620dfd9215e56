/**
 * What all actors of a schedule share: how often each block of the file was written. Every word of a block says which
 * block it is and in which cycle it was written, so that any read tells whether it is of the past.
 *
 *     writer: lock blocks ─ issued + 1 ─ write ─ acknowledged = issued ─ unlock
 *     reader: note acknowledged ─ read ─ every word must be of that cycle or a later one
 */
export const blockBytes = 4096;
const cycleBits = 20;
const cycleMask = (1 << cycleBits) - 1;

export interface Range {
  readonly first: number;
  readonly count: number;
}

export class Board {
  static bytesFor = (blocks: number): number => 4 * (3 * blocks + 1);
  readonly #words: Int32Array;

  constructor(
    memory: SharedArrayBuffer,
    readonly blocks: number,
  ) {
    this.#words = new Int32Array(memory);
  }

  get isOver(): boolean {
    return Atomics.load(this.#words, 3 * this.blocks) !== 0;
  }

  end(): void {
    Atomics.store(this.#words, 3 * this.blocks, 1);
  }

  /** One writer a block at a time: which of two would win nobody promises. False: somebody else is at one of them. */
  lock({ first, count }: Range): boolean {
    for (let block = first; block < first + count; block += 1) {
      if (Atomics.compareExchange(this.#words, 2 * this.blocks + block, 0, 1) === 0) continue;
      this.unlock({ first, count: block - first });
      return false;
    }
    return true;
  }

  unlock({ first, count }: Range): void {
    for (let block = first; block < first + count; block += 1)
      Atomics.store(this.#words, 2 * this.blocks + block, 0);
  }

  /** The bytes of the next cycle of each block. */
  issue({ first, count }: Range, into: Int32Array): void {
    for (let index = 0; index < count; index += 1) {
      const block = first + index;
      const cycle = Atomics.add(this.#words, this.blocks + block, 1) + 1;
      into.fill((block << cycleBits) | cycle, (index * blockBytes) / 4, ((index + 1) * blockBytes) / 4);
    }
  }

  acknowledge({ first, count }: Range): void {
    for (let block = first; block < first + count; block += 1)
      Atomics.store(this.#words, block, Atomics.load(this.#words, this.blocks + block));
  }

  acknowledged({ first, count }: Range): Int32Array {
    return Int32Array.from({ length: count }, (_, index) => Atomics.load(this.#words, first + index));
  }

  /** What is wrong with what was read, if anything is. */
  flaw({ first, count }: Range, acknowledged: Int32Array, read: Int32Array): string | null {
    for (let index = 0; index < count; index += 1) {
      const block = first + index;
      const [least, most] = [acknowledged[index] ?? 0, Atomics.load(this.#words, this.blocks + block)];
      const start = (index * blockBytes) / 4;
      for (let at = start; at < start + blockBytes / 4; at += 1) {
        const word = read[at] ?? 0;
        const cycle = word & cycleMask;
        if (word >>> cycleBits === block && cycle >= least && cycle <= most) continue;
        return `block ${block} shows cycle ${cycle} of block ${word >>> cycleBits} at byte ${(at - start) * 4}; ${least} was acknowledged, ${most} begun`;
      }
    }
    return null;
  }
}
