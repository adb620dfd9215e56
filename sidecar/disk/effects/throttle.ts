/**
 * `disk throttle N iops`, `disk throttle SIZE/s`: a request waits for a token. One bucket of them for each fault, fair
 * between files: each waiting file gets its turn, however many requests another has queued.
 */
import type { Throttle } from '../../../faults/decision.js';
import { limits } from '../limits.js';
import type { Holding } from './holding.js';

export interface TokenHold extends Throttle {
  readonly kind: 'token';
}

export const throttling: Holding<Throttle, TokenHold> = {
  holdOf: (throttle) => ({ kind: 'token', ...throttle }),
  holdsUp: () => true,
};

/** What a request takes of the bucket: one operation, or the bytes that it moves. */
export const tokensFor = ({ unit }: Throttle, { range }: Throttled): number =>
  unit === 'bytes' ? (range?.bytes ?? 0) : 1;

/** A request, as far as a bucket looks at it. */
export interface Throttled {
  readonly inode: number;
  /** Of a read or a write. */
  readonly range: { readonly bytes: number } | null;
}

export interface BucketOptions<R> {
  readonly perSecond: number;
  readonly nowMs: () => number;
  readonly cost: (request: R) => number;
  readonly grant: (request: R) => void;
}

export class Bucket<R extends Throttled> {
  readonly #queues = new Map<number, R[]>();
  #tokens: number;
  #filledMs: number;
  #timer: NodeJS.Timeout | null = null;
  readonly #options: BucketOptions<R>;

  constructor(options: BucketOptions<R>) {
    this.#options = options;
    this.#tokens = this.#capacity;
    this.#filledMs = options.nowMs();
  }

  add(request: R): void {
    const queue = this.#queues.get(request.inode);
    if (queue) queue.push(request);
    else this.#queues.set(request.inode, [request]);
    this.#serve();
  }

  remove(request: R): void {
    const queue = this.#queues.get(request.inode);
    const at = queue?.indexOf(request) ?? -1;
    if (!queue || at < 0) return;
    queue.splice(at, 1);
    if (queue.length === 0) this.#queues.delete(request.inode);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#queues.clear();
  }

  /** A request may go while there is any token; what it takes beyond is owed by those who follow. */
  #serve(): void {
    this.#fill();
    while (this.#tokens > 0 && this.#queues.size > 0) {
      const next = this.#nextInTurn();
      if (!next) break;
      this.#tokens -= this.#options.cost(next);
      this.#options.grant(next);
    }
    if (this.#queues.size === 0 || this.#timer) return;
    const waitMs = Math.max(1, ((1e-9 - this.#tokens) / this.#options.perSecond) * 1000);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#serve();
    }, waitMs);
  }

  #nextInTurn(): R | undefined {
    for (const [inode, queue] of this.#queues) {
      const request = queue.shift();
      this.#queues.delete(inode);
      if (queue.length > 0) this.#queues.set(inode, queue);
      return request;
    }
    return undefined;
  }

  #fill(): void {
    const now = this.#options.nowMs();
    const gained = ((now - this.#filledMs) / 1000) * this.#options.perSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + Math.max(0, gained));
    this.#filledMs = now;
  }

  /** Less than one request's worth, where the rate is low, is still enough to let one go. */
  get #capacity(): number {
    return (this.#options.perSecond * limits.burstMs) / 1000;
  }
}
