/**
 * How many bytes of requests are on their way from the reader threads to the main thread, in memory that all of them
 * share. Readers may be faster than it, so this is bounded as well as what has arrived.
 *
 *     reader: depart ─► message ─► main thread: arrive ─► wait queue
 */
const kib = 1024;
/** In KiB, so that 32 bits are enough. */
const word = { bound: 0, now: 1, refused: 2 } as const;

export class InTransit {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  static memory(boundBytes: number): SharedArrayBuffer {
    const memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT);
    new Int32Array(memory)[word.bound] = Math.floor(boundBytes / kib);
    return memory;
  }

  /** False, and counted, where there is no room for so many more; else they are on their way. */
  depart(bytes: number): boolean {
    const more = inKib(bytes);
    const before = Atomics.add(this.#words, word.now, more);
    if (before + more <= (this.#words[word.bound] ?? 0)) return true;
    Atomics.sub(this.#words, word.now, more);
    Atomics.add(this.#words, word.refused, 1);
    return false;
  }

  /** On its way whether there is room or not: for what must not be done elsewhere. */
  departAnyhow(bytes: number): void {
    Atomics.add(this.#words, word.now, inKib(bytes));
  }

  arrive(bytes: number): void {
    Atomics.sub(this.#words, word.now, inKib(bytes));
  }

  /** How many found no room. */
  get refused(): number {
    return Atomics.load(this.#words, word.refused);
  }
}

const inKib = (bytes: number): number => Math.ceil(bytes / kib);
