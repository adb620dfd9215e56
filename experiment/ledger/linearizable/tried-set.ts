/** Which sets of operations were put in an order before, and which state they led to: what follows is then known. */

export class TriedSet<State> {
  readonly #tried = new Map<State, Map<number, Uint32Array[]>>();
  /** A bit for each operation that is in the order now. */
  readonly #words: Uint32Array;
  #size = 0;

  constructor(operations: number) {
    this.#words = new Uint32Array(Math.ceil(operations / 32));
  }

  get size(): number {
    return this.#size;
  }

  /** Puts the operation in the order, unless the same operations led to the same state before: false. */
  add(operation: number, state: State): boolean {
    this.#flip(operation);
    const same = this.#sameAs(state);
    if (same.some((words) => this.#isNow(words))) {
      this.#flip(operation);
      return false;
    }
    same.push(this.#words.slice());
    this.#size += 1;
    return true;
  }

  /** Takes the operation out of the order. That it was tried stays known. */
  withdraw(operation: number): void {
    this.#flip(operation);
  }

  /** Those that led to this state, and of them those that may be the same operations. */
  #sameAs(state: State): Uint32Array[] {
    const byHash = this.#tried.get(state) ?? new Map<number, Uint32Array[]>();
    this.#tried.set(state, byHash);
    const hash = this.#hash();
    const same = byHash.get(hash) ?? [];
    byHash.set(hash, same);
    return same;
  }

  #flip(operation: number): void {
    const word = operation >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) ^ (1 << (operation & 31));
  }

  #isNow(words: Uint32Array): boolean {
    return words.every((word, index) => word === this.#words[index]);
  }

  /** FNV-1a, a word at a time. */
  #hash(): number {
    let hash = 0x811c9dc5;
    for (const word of this.#words) hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
    return hash;
  }
}
