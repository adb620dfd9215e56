/**
 * What each thread is about to do that must not be done twice. A plane killed between the act and the answer
 * is asked again by the kernel (RESEND): without this a resent MKDIR would say EEXIST, an exchanging rename
 * would swap back, a RELEASE might close a handle that was given out anew.
 *
 *     slot (1 KiB, one a thread): [unique low, unique high, evidence 0, evidence 1]
 */

import type { Exchange } from '../wire/exchange.js';
import { UNIQUE_RESEND_HIGH } from '../wire/flags.js';
import { intentBytes, intentSlots, type VolumeState } from './volume-state.js';

/** Two numbers that tell, when the request comes again, whether it was carried out. */
export type Evidence = readonly [number, number];

const key = (low: number, high: number): string => `${low}:${(high & ~UNIQUE_RESEND_HIGH) >>> 0}`;

export class Intents {
  private readonly at: number;
  private readonly unsigned: Uint32Array;

  constructor(
    state: VolumeState,
    thread: number,
    /** What the plane before left behind; taken once, before any thread overwrites it. */
    private readonly inherited: ReadonlyMap<string, Evidence>,
  ) {
    this.at = (thread * intentBytes) / 4;
    this.unsigned = state.intents.unsigned;
  }

  /** Was this request begun by a plane that died? Then its evidence. */
  begunBefore(x: Exchange): Evidence | undefined {
    if (this.inherited.size === 0 || (x.uniqueHigh & UNIQUE_RESEND_HIGH) === 0) return undefined;
    return this.inherited.get(key(x.uniqueLow, x.uniqueHigh));
  }

  begin(x: Exchange, first = 0, second = 0): void {
    const { unsigned, at } = this;
    unsigned[at + 2] = first;
    unsigned[at + 3] = second;
    unsigned[at] = x.uniqueLow;
    unsigned[at + 1] = x.uniqueHigh;
  }

  /** The act is done; said before what it frees can be given out again. */
  note(first: number): void {
    this.unsigned[this.at + 2] = first;
  }
}

/** The intents that stand in a state: at its start, those of the plane that died. */
export function readIntents(state: VolumeState): Map<string, Evidence> {
  const found = new Map<string, Evidence>();
  const { unsigned } = state.intents;
  for (let slot = 0; slot < intentSlots; slot++) {
    const at = (slot * intentBytes) / 4;
    const [low = 0, high = 0, first = 0, second = 0] = unsigned.subarray(at, at + 4);
    if (low !== 0 || high !== 0) found.set(key(low, high), [first, second]);
  }
  return found;
}
