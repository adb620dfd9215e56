/**
 * A token bucket for one `throttle`, fair between files: each waiting file gets its turn, however many requests
 * another has queued.
 */
import { limits } from '../limits.js';
import type { WaitingRequest } from './waiting-request.js';

export interface BucketOptions {
  readonly perSecond: number;
  readonly nowMs: () => number;
  /** What a request takes: 1 operation, or its bytes. */
  readonly cost: (request: WaitingRequest) => number;
  readonly grant: (request: WaitingRequest) => void;
}

export class Bucket {
  private readonly queues = new Map<number, WaitingRequest[]>();
  private tokens: number;
  private filledMs: number;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: BucketOptions) {
    this.tokens = this.capacity;
    this.filledMs = options.nowMs();
  }

  add(request: WaitingRequest): void {
    const queue = this.queues.get(request.inode);
    if (queue) queue.push(request);
    else this.queues.set(request.inode, [request]);
    this.serve();
  }

  remove(request: WaitingRequest): void {
    const queue = this.queues.get(request.inode);
    const at = queue?.indexOf(request) ?? -1;
    if (!queue || at < 0) return;
    queue.splice(at, 1);
    if (queue.length === 0) this.queues.delete(request.inode);
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.queues.clear();
  }

  /** A request may go while there is any token; what it takes beyond is owed by those who follow. */
  private serve(): void {
    this.fill();
    while (this.tokens > 0 && this.queues.size > 0) {
      const next = this.nextInTurn();
      if (!next) break;
      this.tokens -= this.options.cost(next);
      this.options.grant(next);
    }
    if (this.queues.size === 0 || this.timer) return;
    const waitMs = Math.max(1, ((1e-9 - this.tokens) / this.options.perSecond) * 1000);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.serve();
    }, waitMs);
  }

  private nextInTurn(): WaitingRequest | undefined {
    for (const [inode, queue] of this.queues) {
      const request = queue.shift();
      this.queues.delete(inode);
      if (queue.length > 0) this.queues.set(inode, queue);
      return request;
    }
    return undefined;
  }

  private fill(): void {
    const now = this.options.nowMs();
    const gained = ((now - this.filledMs) / 1000) * this.options.perSecond;
    this.tokens = Math.min(this.capacity, this.tokens + Math.max(0, gained));
    this.filledMs = now;
  }

  /** Less than one request's worth, where the rate is low, is still enough to let one go. */
  private get capacity(): number {
    return (this.options.perSecond * limits.burstMs) / 1000;
  }
}
