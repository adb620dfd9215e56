/** The addresses that some peers of a sentence have right now, and whether one of them is a given one. */

/** The first `bits` of an address of 4 or 16 bytes. */
export interface Prefix {
  readonly bytes: readonly number[];
  readonly bits: number;
}

export class PeerSet {
  constructor(readonly prefixes: readonly Prefix[]) {}

  has(address: readonly number[]): boolean {
    return this.prefixes.some((prefix) => covers(prefix, address));
  }
}

/** Is the address within the prefix? */
export function covers({ bytes, bits }: Prefix, address: readonly number[]): boolean {
  if (bytes.length !== address.length) return false;
  for (let index = 0; index * 8 < bits; index++) {
    const kept = Math.min(8, bits - index * 8);
    const mask = (0xff00 >> kept) & 0xff;
    if ((((bytes[index] ?? 0) ^ (address[index] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}

/** Those that no other one covers. */
export function withoutCovered(prefixes: readonly Prefix[]): readonly Prefix[] {
  const widest = [...prefixes].sort((one, other) => one.bits - other.bits);
  const kept: Prefix[] = [];
  for (const prefix of widest) {
    if (!kept.some((other) => covers(other, prefix.bytes))) kept.push(prefix);
  }
  return kept;
}
