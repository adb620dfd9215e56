/**
 * Where requests wait: delayed, throttled, frozen, or for a disk that every reader waits for. It lives in the main
 * thread, on timers; a request that nothing holds any more is carried out and answered from here.
 *
 *     wait ─► a hold for each fault ─┬─ its delays are over, its throttle has a token ─┬─► none left ─► perform ─► reply
 *                                    └─ its fault is no longer armed ──────────────────┘
 */

import { assertNever } from '../../../core/assert-never.js';
import type { ArmedFaults } from '../../../faults/armed-faults.js';
import { withoutEnded } from '../../../faults/decision.js';
import { EINTR } from '../../linux/errno.js';
import { delayMsOf } from '../effects/latency.js';
import { Bucket, type TokenHold, tokensFor } from '../effects/throttle.js';
import { limits } from '../limits.js';
import { ArmedSince } from './armed-since.js';
import { isBeingKilled } from './being-killed.js';
import type { Hold } from './hold.js';
import type { WaitMessage } from './wait-port.js';
import { keyOf, type WaitingRequest, waitingRequest } from './waiting-request.js';

export interface WaitQueueOptions {
  readonly nowMs: () => number;
  /** Carries a request out and answers it. */
  readonly perform: (request: WaitingRequest) => void;
  /** Answers a request with an errno, doing nothing. */
  readonly refuse: (request: WaitingRequest, errno: number) => void;
  /** The fault in this slot holds a request up. */
  readonly onHeld: (slot: number) => void;
  /** Of all that may wait; past it the one that waits longest is let through. */
  readonly mostBytes: number;
}

/** A process that the mount's PID namespace does not hold (fuse_get_req() in fs/fuse/dev.c): another container's. */
const unseen = 0;

export class WaitQueue {
  readonly #requests = new Map<string, WaitingRequest>();
  /** By slot, of the fault that was armed at `since`. */
  readonly #buckets = new Map<
    number,
    { readonly bucket: Bucket<WaitingRequest>; readonly since: number | undefined }
  >();
  readonly #armed = new ArmedSince();
  readonly #interrupted = new Set<WaitingRequest>();
  /** Interrupts that overtook their request on the way here. */
  readonly #early = new Set<string>();
  #killTimer: NodeJS.Timeout | null = null;
  #bytes = 0;
  overflows = 0;
  readonly #options: WaitQueueOptions;

  constructor(options: WaitQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#requests.size;
  }

  wait(message: WaitMessage): void {
    const request = waitingRequest(message);
    while (this.#isFullFor(request)) this.#letOldestThrough();
    this.#requests.set(request.key, request);
    this.#bytes += request.cost;
    this.#dropEnded(request);
    for (const { slot } of request.holds) this.#options.onHeld(slot);
    this.#startWaiting(request);
    if (this.#early.delete(request.key)) this.#suspect(request);
  }

  interrupt(volume: string, uniqueLow: number, uniqueHigh: number): void {
    const key = keyOf(volume, uniqueLow, uniqueHigh);
    const request = this.#requests.get(key);
    if (request) this.#suspect(request);
    else this.#rememberInterrupt(key);
  }

  /** What waits for a fault that is no longer armed, and for nothing else, goes on at once. */
  follow(armed: ArmedFaults): void {
    this.#armed.follow(armed);
    for (const [slot, { bucket, since }] of this.#buckets) {
      if (this.#armed.since(slot) === since) continue;
      bucket.close();
      this.#buckets.delete(slot);
    }
    for (const request of [...this.#requests.values()]) {
      if (!this.#dropEnded(request)) continue;
      this.#delay(request);
      this.#proceed(request);
    }
  }

  /** Ranges of an inode whose pages the kernel holds locked until their requests are answered. */
  lockedRanges(volume: string, inode: number): { readonly offset: number; readonly bytes: number }[] {
    const ranges = [];
    for (const request of this.#requests.values()) {
      if (request.inode === inode && request.volume === volume && request.range) ranges.push(request.range);
    }
    return ranges;
  }

  /** Those of reads into the page cache: what they will show is not read yet. */
  unreadRanges(volume: string, inode: number): { readonly offset: number; readonly bytes: number }[] {
    const ranges = [];
    for (const request of this.#requests.values()) {
      if (request.inode !== inode || request.volume !== volume || !request.fillsPages) continue;
      if (request.range) ranges.push(request.range);
    }
    return ranges;
  }

  close(): void {
    this.follow({ version: 0, faults: [] });
    if (this.#killTimer) clearInterval(this.#killTimer);
    this.#killTimer = null;
  }

  #startWaiting(request: WaitingRequest): void {
    for (const hold of request.holds) this.#begin(request, hold);
    this.#proceed(request);
  }

  #begin(request: WaitingRequest, hold: Hold): void {
    switch (hold.kind) {
      case 'delay':
        this.#delay(request);
        break;
      case 'token':
        this.#bucketOf(hold).add(request);
        break;
      case 'freeze':
        break;
      default:
        assertNever(hold);
    }
  }

  /** Its delays end together, and only with the last: a timer may be early, and a delay may have gone meanwhile. */
  #delay(request: WaitingRequest): void {
    if (request.timer) clearTimeout(request.timer);
    request.timer = null;
    const leftMs = request.arrivedEpochMs + delayMsOf(request.holds) - this.#options.nowMs();
    if (leftMs <= 0) this.#drop(request, ({ kind }) => kind === 'delay');
    if (!request.holds.some(({ kind }) => kind === 'delay')) return;
    request.timer = setTimeout(() => {
      this.#delay(request);
      this.#proceed(request);
    }, Math.ceil(leftMs));
  }

  #bucketOf(token: TokenHold): Bucket<WaitingRequest> {
    const { slot, perSecond } = token;
    const known = this.#buckets.get(slot);
    if (known) return known.bucket;
    const bucket = new Bucket<WaitingRequest>({
      perSecond,
      nowMs: this.#options.nowMs,
      cost: (request) => tokensFor(token, request),
      grant: (request) => {
        this.#drop(request, (hold) => hold.kind === 'token' && hold.slot === slot);
        this.#proceed(request);
      },
    });
    this.#buckets.set(slot, { bucket, since: this.#armed.since(slot) });
    return bucket;
  }

  #proceed(request: WaitingRequest): void {
    if (request.holds.length === 0 && this.#remove(request)) this.#perform(request);
  }

  /** What an ended fault decided is undone, as far as it has not happened. */
  #perform(request: WaitingRequest): void {
    const { decision } = request;
    if (decision)
      request.decision = withoutEnded(decision, (slot) => this.#armed.isArmed(slot, decision.version));
    this.#options.perform(request);
  }

  #remove(request: WaitingRequest): boolean {
    if (!this.#requests.delete(request.key)) return false;
    this.#bytes -= request.cost;
    if (request.timer) clearTimeout(request.timer);
    for (const { kind, slot } of request.holds)
      if (kind === 'token') this.#buckets.get(slot)?.bucket.remove(request);
    this.#interrupted.delete(request);
    return true;
  }

  #isFullFor({ cost }: WaitingRequest): boolean {
    const { size } = this.#requests;
    return size >= limits.waiting || (size > 0 && this.#bytes + cost > this.#options.mostBytes);
  }

  #letOldestThrough(): void {
    const oldest = this.#requests.values().next().value;
    if (!oldest) return;
    this.overflows++;
    this.#remove(oldest);
    this.#perform(oldest);
  }

  /** Every hold ends with its own fault. Did any? */
  #dropEnded(request: WaitingRequest): boolean {
    const version = request.decision?.version ?? 0;
    return this.#drop(request, ({ slot }) => !this.#armed.isArmed(slot, version));
  }

  #drop(request: WaitingRequest, isOver: (hold: Hold) => boolean): boolean {
    const before = request.holds;
    request.holds = before.filter((hold) => !isOver(hold));
    return request.holds.length < before.length;
  }

  /**
   * Its process got a signal. Only one that ends it may end the wait: nobody expects EINTR from a disk. Where that cannot
   * be known the wait goes on, as it would on a disk, until the fault ends: at its deadline, or when the pod is deleted.
   */
  #suspect(request: WaitingRequest): void {
    if (request.pid === unseen) return;
    if (isBeingKilled(request.pid)) {
      this.#giveUp(request);
      return;
    }
    this.#interrupted.add(request);
    this.#killTimer ??= setInterval(() => this.#checkKilled(), limits.killCheckMs);
  }

  #checkKilled(): void {
    for (const request of this.#interrupted) if (isBeingKilled(request.pid)) this.#giveUp(request);
    if (this.#interrupted.size > 0 || !this.#killTimer) return;
    clearInterval(this.#killTimer);
    this.#killTimer = null;
  }

  #giveUp(request: WaitingRequest): void {
    if (this.#remove(request)) this.#options.refuse(request, EINTR);
  }

  #rememberInterrupt(key: string): void {
    if (this.#early.size >= limits.earlyInterrupts)
      this.#early.delete(this.#early.values().next().value ?? '');
    this.#early.add(key);
  }
}
