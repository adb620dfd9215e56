/**
 * What the TCP proxy counts, in memory that the proxy's thread writes and the main thread reads, and that the
 * supervisor keeps over the fault proxy's death.
 *
 *     totals: a double each | faults: 64 x {matched, injected, exempted} x {matches, connections, bytes}
 */

import { HavocError } from '../../core/havoc-error.js';
import { limits as language } from '../../faults/limits.js';
import type { Tally } from '../../faults/tally.js';
import { errnoName } from '../linux/errno.js';
import { errno } from '../linux/libc.js';
import { mapFile, memoryFile } from '../linux/memory.js';
import type { Met } from '../registry/fault-applier.js';

/** Places among the totals. */
export const total = {
  /** Fault proxies that have begun to serve. */
  starts: 0,
  accepted: 1,
  open: 2,
  upstreamFailures: 3,
  resets: 4,
  /** What clients sent, and what servers did. */
  bytesToServer: 5,
  bytesToClient: 6,
  /** Bytes read and not yet passed on. */
  held: 7,
  /** Connections that were refused, for want of descriptors. */
  exhausted: 8,
} as const;
export type Total = (typeof total)[keyof typeof total];

export const countKinds = ['matched', 'injected', 'exempted'] as const;
export type CountKind = (typeof countKinds)[number];

const faultsAt = 16;
const perFault = 9;
const bytes = (faultsAt + language.faults * perFault) * 8;

const unit = { matches: 0, connections: 1, bytes: 2 } as const;
export type Unit = keyof typeof unit;

/** One thread writes, so nothing needs to be atomic. */
export class TcpCounters implements Tally {
  readonly #doubles: Float64Array;

  constructor(readonly fd: number) {
    this.#doubles = mapFile(fd, bytes).doubles;
  }

  /** A descriptor of counters that are all zero. */
  static create(): number {
    const fd = memoryFile('havock8s-tcp-counters', bytes);
    if (fd < 0) throw new HavocError('tcp.counters', `cannot make the counters: ${errnoName(errno())}`);
    return fd;
  }

  total(of: Total): number {
    return this.#doubles[of] ?? 0;
  }

  add(of: Total, amount: number): void {
    this.#doubles[of] = (this.#doubles[of] ?? 0) + amount;
  }

  set(of: Total, value: number): void {
    this.#doubles[of] = value;
  }

  matched(slot: number): number {
    return this.count(slot, 'matches', 'matched', 1);
  }
  injected(slot: number): void {
    this.count(slot, 'matches', 'injected', 1);
  }
  exempted(slot: number): void {
    this.count(slot, 'matches', 'exempted', 1);
  }

  /** Adds, and returns what it is now. */
  count(slot: number, of: Unit, kind: CountKind, amount: number): number {
    const at = faultsAt + slot * perFault + unit[of] * countKinds.length + countKinds.indexOf(kind);
    const sum = (this.#doubles[at] ?? 0) + amount;
    this.#doubles[at] = sum;
    return sum;
  }

  countOf(slot: number, of: Unit): Met {
    const read = (kind: CountKind): number => this.count(slot, of, kind, 0);
    return { matched: read('matched'), injected: read('injected'), exempted: read('exempted') };
  }

  reset(slot: number): void {
    const at = faultsAt + slot * perFault;
    this.#doubles.fill(0, at, at + perFault);
  }
}
