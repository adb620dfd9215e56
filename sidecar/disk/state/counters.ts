/**
 * What the sidecar counts, in memory shared by its threads that outlives the fault proxy: the tallies of each fault
 * (every thread adds to them) and the operations by kind (each thread has rows of its own).
 *
 *     page 0: armed epoch, restarts | tallies: 64 x {matched, injected, exempted, quota} | thread x verb x row
 */

import { HavocError } from '../../../core/havoc-error.js';
import { diskVerbs } from '../../../faults/operation.js';
import type { Tally } from '../../../faults/tally.js';
import { errnoName } from '../../linux/errno.js';
import { errno } from '../../linux/libc.js';
import { mapFile, memoryFile } from '../../linux/memory.js';
import type { Tallies } from '../../registry/fault-applier.js';
import { type OperationStatus, operationBucketsSeconds } from '../disk-status.js';
import { pageBytes } from '../wire/sizes.js';

const faultSlots = 64;
const tallyLongs = 4;
/** The main thread, and the readers of 31 volumes. */
const mostThreads = 125;
/** Count, errors, total seconds, then a bucket each. */
const rowDoubles = 3 + operationBucketsSeconds.length + 1;
const rowsAt = pageBytes + faultSlots * tallyLongs * 8;
const counterBytes = rowsAt + mostThreads * diskVerbs.length * rowDoubles * 8;

const headerWord = { epoch: 0, restarts: 1, crashed: 2 } as const;
const long = { matched: 0, injected: 1, exempted: 2, quota: 3 } as const;

export class Counters implements Tally {
  readonly #header: Int32Array;
  readonly #shared: BigInt64Array;
  readonly #rows: Float64Array;

  constructor(readonly fd: number) {
    const memory = mapFile(fd, counterBytes);
    this.#header = memory.words;
    this.#shared = memory.longs.subarray(pageBytes / 8, pageBytes / 8 + faultSlots * tallyLongs);
    this.#rows = memory.doubles.subarray(rowsAt / 8);
  }

  static create(): Counters {
    const fd = memoryFile('havock8s-counters', counterBytes);
    if (fd < 0) throw new HavocError('disk.no-state', `cannot make the counters: ${errnoName(errno())}`);
    return new Counters(fd);
  }

  /** Readers compare it at each request: a change means that newer armed faults wait for them. */
  get armedEpoch(): number {
    return Atomics.load(this.#header, headerWord.epoch);
  }
  announceArmed(epoch: number): void {
    Atomics.store(this.#header, headerWord.epoch, epoch);
  }

  get restarts(): number {
    return Atomics.load(this.#header, headerWord.restarts);
  }
  countRestart(): void {
    Atomics.add(this.#header, headerWord.restarts, 1);
  }

  /** Set on the first uncaught error: from then on nothing is decided and everything passes. */
  get crashed(): boolean {
    return Atomics.load(this.#header, headerWord.crashed) === 1;
  }
  setCrashed(crashed: boolean): void {
    Atomics.store(this.#header, headerWord.crashed, crashed ? 1 : 0);
  }

  matched(slot: number): number {
    return Number(this.#add(slot, long.matched)) + 1;
  }
  exempted(slot: number): void {
    this.#add(slot, long.exempted);
  }
  injected(slot: number): void {
    this.#add(slot, long.injected);
  }

  /** Bytes by which the files of a `full` fault have grown since it was armed; shrinking makes it negative. */
  growth(slot: number): number {
    return Number(Atomics.load(this.#shared, slot * tallyLongs + long.quota));
  }
  grow(slot: number, bytes: number): void {
    this.#add(slot, long.quota, BigInt(bytes));
  }

  tallies(slot: number): Tallies {
    const read = (index: number): number => Number(Atomics.load(this.#shared, slot * tallyLongs + index));
    const [matched, injected, exempted] = [read(long.matched), read(long.injected), read(long.exempted)];
    return { matched, injected, exempted, passed: Math.max(0, matched - injected) };
  }

  resetTallies(slot: number): void {
    for (let i = 0; i < tallyLongs; i++) Atomics.store(this.#shared, slot * tallyLongs + i, 0n);
  }

  /** Notes one operation. Only `thread` itself writes its rows, so nothing needs to be atomic. */
  count(thread: number, verb: number, seconds: number, failed: boolean): void {
    const rows = this.#rows;
    const at = (thread * diskVerbs.length + verb) * rowDoubles;
    rows[at] = (rows[at] ?? 0) + 1;
    if (failed) rows[at + 1] = (rows[at + 1] ?? 0) + 1;
    rows[at + 2] = (rows[at + 2] ?? 0) + seconds;
    const bucket = at + 3 + bucketOf(seconds);
    rows[bucket] = (rows[bucket] ?? 0) + 1;
  }

  /** How many operations some threads that follow each other have answered. */
  answered(firstThread: number, threads: number): number {
    let sum = 0;
    for (let row = firstThread * diskVerbs.length; row < (firstThread + threads) * diskVerbs.length; row++) {
      sum += this.#rows[row * rowDoubles] ?? 0;
    }
    return sum;
  }

  operations(): OperationStatus[] {
    return diskVerbs.map((verb, index) => {
      const sum = new Array<number>(rowDoubles).fill(0);
      for (let thread = 0; thread < mostThreads; thread++) {
        const at = (thread * diskVerbs.length + index) * rowDoubles;
        for (let i = 0; i < rowDoubles; i++) sum[i] = (sum[i] ?? 0) + (this.#rows[at + i] ?? 0);
      }
      const [count = 0, errors = 0, totalSeconds = 0, ...buckets] = sum;
      return { verb, count, errors, totalSeconds, buckets };
    });
  }

  #add(slot: number, index: number, amount = 1n): bigint {
    return Atomics.add(this.#shared, slot * tallyLongs + index, amount);
  }
}

function bucketOf(seconds: number): number {
  let bucket = 0;
  while (bucket < operationBucketsSeconds.length && seconds > (operationBucketsSeconds[bucket] ?? 0))
    bucket++;
  return bucket;
}
