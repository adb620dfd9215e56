/**
 * Which inodes no armed fault reaches, by verb: nearly all, nearly always. So the ten faults that are armed for
 * other files cost a file one look. Forgotten when what is armed or any name changes.
 */
const places = 4096;
/** More than there are verbs. */
const verbs = 64;

export class Unreached {
  /** `slot * verbs + verb`, at the place its low bits say; what came later stands there. */
  readonly #keys = new Float64Array(places).fill(-1);
  #names = -1;

  /** `names` changes whenever any name does. */
  has(slot: number, verb: number, names: number): boolean {
    return names === this.#names && this.#keys[placeOf(slot, verb)] === slot * verbs + verb;
  }

  add(slot: number, verb: number, names: number): void {
    if (names !== this.#names) this.clear();
    this.#names = names;
    this.#keys[placeOf(slot, verb)] = slot * verbs + verb;
  }

  clear(): void {
    this.#keys.fill(-1);
  }
}

const placeOf = (slot: number, verb: number): number => (slot * 7 + verb) & (places - 1);
