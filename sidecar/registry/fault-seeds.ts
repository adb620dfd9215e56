/**
 * What the dice of each fault follow from.
 *
 *     `seed N` of the sentence ─► N
 *     `--seed N`               ─► N and the fault's name: the same each time it is armed
 *     neither                  ─► the sidecar's own seed, taken by chance, the name, and how often it was armed
 *
 * So replicas that nobody gave a seed do not hit in lock-step, to arm again rolls new dice, and the seed that a
 * sidecar took by chance repeats, given to another, what each name rolled first.
 */
import { randomInt } from 'node:crypto';
import { limits } from '../../faults/limits.js';
import { registryLimits } from './registry-limits.js';

/** What of it outlives a restart. */
export interface KeptSeeds {
  /** Null: none was taken by chance so far. */
  readonly seed: number | null;
  /** How often each name was armed. */
  readonly armings: ReadonlyMap<string, number>;
}

export const noSeeds: KeptSeeds = { seed: null, armings: new Map() };

export type DrawSeed = () => number;

/** 32 bits, of the operating system's randomness. */
export const drawSeed: DrawSeed = () => randomInt(limits.seed + 1);

export class FaultSeeds {
  /** The sidecar's own. */
  readonly seed: number;
  readonly isGiven: boolean;
  readonly #own: number | null;
  readonly #armings: Map<string, number>;
  readonly #draw: DrawSeed;

  /** `given` is that of `--seed`. */
  constructor(given: number | null, kept: KeptSeeds, draw: DrawSeed) {
    this.isGiven = given !== null;
    this.#own = given === null ? (kept.seed ?? draw()) : kept.seed;
    this.seed = given ?? this.#own ?? draw();
    this.#armings = new Map(kept.armings);
    this.#draw = draw;
  }

  copy(): FaultSeeds {
    return new FaultSeeds(this.isGiven ? this.seed : null, this.kept, this.#draw);
  }

  get kept(): KeptSeeds {
    return { seed: this.#own, armings: new Map(this.#armings) };
  }

  /** That of a fault whose sentence names none. `before` is what it had in an earlier life. */
  of(name: string, before: number | null): number {
    return this.isGiven ? seedOf(this.seed, name, 0) : (before ?? this.#next(name));
  }

  /** Past the bound names are not remembered, and their dice are the operating system's. */
  #next(name: string): number {
    const armings = this.#armings.get(name) ?? 0;
    if (armings === 0 && this.#armings.size >= registryLimits.rememberedNames) return this.#draw();
    this.#armings.set(name, armings + 1);
    return seedOf(this.seed, name, armings);
  }
}

function seedOf(seed: number, name: string, armings: number): number {
  return fnv1a(armings === 0 ? `${seed}/${name}` : `${seed}/${name}/${armings}`);
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
