/**
 * Dice without memory: what falls is a hash of the fault's seed, which match it is and what is being decided.
 * So the same seed and order of operations give the same decisions, whichever thread asks and whatever was
 * started again between.
 */

export type Purpose = 'chance' | 'jitter' | 'flip';

const salts: Readonly<Record<Purpose, number>> = { chance: 0x3c6ef372, jitter: 0x1b873593, flip: 0x5bd1e995 };

/** 0 to 1, 1 never. */
export function roll(seed: number, ordinal: number, purpose: Purpose): number {
  return draw(seed, ordinal, purpose) / 2 ** 32;
}

/** A whole number of 32 bits. */
export function draw(seed: number, ordinal: number, purpose: Purpose): number {
  const high = Math.floor(ordinal / 2 ** 32);
  return scramble(scramble(scramble(seed ^ (salts[purpose] ?? 0)) ^ ordinal) ^ high) >>> 0;
}

/** Every bit of the input moves every bit of the output (the finalizer lowbias32, by Chris Wellons). */
function scramble(input: number): number {
  let bits = (input | 0) + 0x9e3779b9;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return bits ^ (bits >>> 15);
}
