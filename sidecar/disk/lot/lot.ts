/**
 * Where requests wait: delayed, throttled, frozen, or for a disk that every reader waits for. It lives in the
 * main thread, on timers; a request that is due is carried out and answered from here.
 *
 *     park ─► tokens ─► delay ─► freeze ─► perform ─► reply
 *               └───────────┴───────┴── disarmed: at once
 */
import type { DiskDecision } from '../../../faults/decision.js';
import type { FaultPlan } from '../../../faults/plan.js';
import { EINTR } from '../../linux/errno.js';
import { limits } from '../limits.js';
import { opcode } from '../wire/opcodes.js';
import { argument32, argument64, headerOf } from '../wire/request-bytes.js';
import { Bucket } from './bucket.js';
import { isBeingKilled } from './doomed.js';
import type { ReaderMessage } from './lot-port.js';
import { isDue, type Parked } from './parked.js';

export interface LotOptions {
  readonly nowMs: () => number;
  /** Carries a request out and answers it. */
  readonly perform: (entry: Parked) => void;
  /** Answers a request with an errno, doing nothing. */
  readonly refuse: (entry: Parked, errno: number) => void;
}

/** A process that the mount's PID namespace does not hold (fuse_get_req() in fs/fuse/dev.c): another container's. */
const unseen = 0;

type ParkMessage = Extract<ReaderMessage, { kind: 'park' }>;

export class Lot {
  private readonly entries = new Map<string, Parked>();
  private readonly buckets = new Map<number, Bucket>();
  private readonly interrupted = new Set<Parked>();
  /** Interrupts that overtook their request on the way here. */
  private readonly early = new Set<string>();
  private doomTimer: NodeJS.Timeout | null = null;
  private plan: FaultPlan = { version: 0, faults: [] };
  overflows = 0;

  constructor(private readonly options: LotOptions) {}

  get size(): number {
    return this.entries.size;
  }

  park(message: ParkMessage): void {
    const entry = this.entryOf(message);
    if (this.entries.size >= limits.parked) this.letOldestThrough();
    this.entries.set(entry.key, entry);
    this.dropDisarmed(entry);
    this.startWaiting(entry);
    if (this.early.delete(entry.key)) this.suspect(entry);
  }

  interrupt(volume: string, uniqueLow: number, uniqueHigh: number): void {
    const key = keyOf(volume, uniqueLow, uniqueHigh);
    const entry = this.entries.get(key);
    if (entry) this.suspect(entry);
    else this.rememberInterrupt(key);
  }

  /** Whoever waits for a fault that is no longer armed goes on at once. */
  follow(plan: FaultPlan): void {
    this.plan = plan;
    for (const [slot, bucket] of this.buckets) {
      if (plan.faults.some((fault) => fault.slot === slot)) continue;
      bucket.close();
      this.buckets.delete(slot);
    }
    for (const entry of [...this.entries.values()]) {
      this.dropDisarmed(entry);
      this.proceed(entry);
    }
  }

  /** Ranges of an inode whose pages the kernel holds locked until their requests are answered. */
  lockedRanges(volume: string, inode: number): { readonly offset: number; readonly bytes: number }[] {
    const ranges = [];
    for (const entry of this.entries.values()) {
      if (entry.inode === inode && entry.volume === volume && entry.range) ranges.push(entry.range);
    }
    return ranges;
  }

  close(): void {
    this.follow({ version: this.plan.version, faults: [] });
    if (this.doomTimer) clearInterval(this.doomTimer);
    this.doomTimer = null;
  }

  private entryOf({ volume, request, decision, arrivedEpochMs }: ParkMessage): Parked {
    const header = headerOf(request);
    const moves = header.opcode === opcode.READ || header.opcode === opcode.WRITE;
    return {
      key: keyOf(volume, header.uniqueLow, header.uniqueHigh),
      volume,
      request,
      decision,
      arrivedEpochMs,
      pid: header.pid,
      inode: header.nodeid,
      range: moves ? { offset: argument64(request, 8), bytes: argument32(request, 16) } : null,
      tokens: new Set(decision?.throttles.map((throttle) => throttle.slot)),
      timer: null,
      delayed: (decision?.delayMs ?? 0) > 0,
      frozen: decision?.freeze ?? false,
    };
  }

  private startWaiting(entry: Parked): void {
    const { decision } = entry;
    if (entry.delayed) this.startDelay(entry, decision?.delayMs ?? 0);
    for (const throttle of decision?.throttles ?? []) {
      if (entry.tokens.has(throttle.slot)) this.bucketOf(throttle).add(entry);
    }
    this.proceed(entry);
  }

  private startDelay(entry: Parked, delayMs: number): void {
    const waitMs = Math.max(0, entry.arrivedEpochMs + delayMs - this.options.nowMs());
    entry.timer = setTimeout(() => {
      entry.delayed = false;
      this.proceed(entry);
    }, waitMs);
  }

  private bucketOf({ slot, unit, perSecond }: DiskDecision['throttles'][number]): Bucket {
    const known = this.buckets.get(slot);
    if (known) return known;
    const bucket = new Bucket({
      perSecond,
      nowMs: this.options.nowMs,
      cost: (entry) => (unit === 'bytes' ? (entry.range?.bytes ?? 0) : 1),
      grant: (entry) => {
        entry.tokens.delete(slot);
        this.proceed(entry);
      },
    });
    this.buckets.set(slot, bucket);
    return bucket;
  }

  private proceed(entry: Parked): void {
    if (!isDue(entry) || !this.remove(entry)) return;
    this.options.perform(entry);
  }

  private remove(entry: Parked): boolean {
    if (!this.entries.delete(entry.key)) return false;
    if (entry.timer) clearTimeout(entry.timer);
    for (const slot of entry.tokens) this.buckets.get(slot)?.remove(entry);
    this.interrupted.delete(entry);
    return true;
  }

  private letOldestThrough(): void {
    const oldest = this.entries.values().next().value;
    if (!oldest) return;
    this.overflows++;
    this.remove(oldest);
    this.options.perform(oldest);
  }

  /** What a disarmed fault decided is undone, as far as it has not happened. */
  private dropDisarmed(entry: Parked): void {
    const { decision } = entry;
    if (!decision) return;
    const armed = (slot: number): boolean => this.plan.faults.some((fault) => fault.slot === slot);
    const kinds = new Set(
      this.plan.faults
        .filter(({ slot }) => decision.causes.includes(slot))
        .map(({ fault }) => fault.effect.kind),
    );
    for (const { slot } of decision.throttles) if (!armed(slot)) entry.tokens.delete(slot);
    if (!kinds.has('freeze')) entry.frozen = false;
    if (!kinds.has('latency')) entry.delayed = false;
    const refuses = kinds.has('error') || kinds.has('readonly');
    entry.decision = {
      ...decision,
      error: refuses ? decision.error : null,
      quotas: decision.quotas.filter(({ slot }) => armed(slot)),
      flips: decision.flips.filter(({ slot }) => armed(slot)),
      cuts: decision.cuts.filter(({ slot }) => armed(slot)),
    };
  }

  /**
   * Its process got a signal. Only one that ends it may end the wait: nobody expects EINTR from a disk. Where that cannot
   * be known the wait goes on, as it would on a disk, until the fault ends: at its deadline, or when the pod is deleted.
   */
  private suspect(entry: Parked): void {
    if (entry.pid === unseen) return;
    if (isBeingKilled(entry.pid)) {
      this.giveUp(entry);
      return;
    }
    this.interrupted.add(entry);
    this.doomTimer ??= setInterval(() => this.checkDoomed(), limits.doomCheckMs);
  }

  private checkDoomed(): void {
    for (const entry of this.interrupted) if (isBeingKilled(entry.pid)) this.giveUp(entry);
    if (this.interrupted.size > 0 || !this.doomTimer) return;
    clearInterval(this.doomTimer);
    this.doomTimer = null;
  }

  private giveUp(entry: Parked): void {
    if (this.remove(entry)) this.options.refuse(entry, EINTR);
  }

  private rememberInterrupt(key: string): void {
    if (this.early.size >= limits.earlyInterrupts) this.early.delete(this.early.values().next().value ?? '');
    this.early.add(key);
  }
}

const keyOf = (volume: string, low: number, high: number): string => `${volume} ${low} ${high}`;
