/**
 * What each thread is about to do that must not be done twice. A fault proxy killed between the act and the answer
 * is asked again by the kernel (RESEND): without this a resent MKDIR would say EEXIST, an exchanging rename
 * would swap back, a RELEASE might close a handle that was given out again.
 *
 *     slot (1 KiB): [unique low, unique high, evidence 0, evidence 1]
 *     slots: one a thread in odd lives | one a thread in even lives
 *
 * A fault proxy that dies soon after its start has not overwritten what the one before it left.
 */

import type { Exchange } from '../wire/exchange.js';
import { UNIQUE_RESEND_HIGH } from '../wire/flags.js';
import { field, intentBytes, intentSlots, type VolumeState } from './volume-state.js';

/** Two numbers that tell, when the request comes again, whether it was carried out. */
export type Evidence = readonly [number, number];

const key = (low: number, high: number): string => `${low}:${(high & ~UNIQUE_RESEND_HIGH) >>> 0}`;

const placesALife = intentSlots / 2;

const firstPlace = (life: number): number => (life % 2) * placesALife;

const lifeOf = ({ header }: VolumeState): number => header[field.life] ?? 0;

export class Intents {
  readonly #at: number;
  readonly #unsigned: Uint32Array;
  /** What the fault proxies before left behind; taken once, before any thread overwrites it. */
  readonly #inherited: ReadonlyMap<string, Evidence>;

  constructor(
    state: VolumeState,
    /** 0 is the main thread; readers of the volume count from 1. */
    place: number,
    inherited: ReadonlyMap<string, Evidence>,
  ) {
    this.#inherited = inherited;
    this.#at = wordOf(firstPlace(lifeOf(state)) + place);
    this.#unsigned = state.intents.unsigned;
  }

  /** Was this request begun by a fault proxy that died? Then its evidence. */
  begunBefore(request: Exchange): Evidence | undefined {
    if (this.#inherited.size === 0 || (request.uniqueHigh & UNIQUE_RESEND_HIGH) === 0) return undefined;
    return this.#inherited.get(key(request.uniqueLow, request.uniqueHigh));
  }

  begin(request: Exchange, first = 0, second = 0): void {
    const unsigned = this.#unsigned;
    const at = this.#at;
    unsigned[at + 2] = first;
    unsigned[at + 3] = second;
    unsigned[at] = request.uniqueLow;
    unsigned[at + 1] = request.uniqueHigh;
  }

  /** The act is done; said before what it frees can be given out again. */
  note(first: number): void {
    this.#unsigned[this.#at + 2] = first;
  }
}

/**
 * Takes what the fault proxies before left, of one number the newest, and begins a life of our own: it writes over what
 * the last fault proxy but one left.
 */
export function inheritIntents(state: VolumeState): Map<string, Evidence> {
  const died = lifeOf(state);
  const ours = died + 1;
  state.header[field.life] = ours;
  return new Map([...intentsOf(state, ours), ...intentsOf(state, died)]);
}

function* intentsOf({ intents }: VolumeState, life: number): Generator<[key: string, Evidence]> {
  for (let place = 0; place < placesALife; place++) {
    const at = wordOf(firstPlace(life) + place);
    const [low = 0, high = 0, first = 0, second = 0] = intents.unsigned.subarray(at, at + 4);
    if (low !== 0 || high !== 0) yield [key(low, high), [first, second]];
  }
}

const wordOf = (slot: number): number => (slot * intentBytes) / 4;
