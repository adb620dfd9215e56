/**
 * Who of several replicas leads, by a Lease: 15 s long, renewed every 2 s, given up after 10 s without a renewal,
 * so that nobody else can have taken it before.
 *
 *     follows ── the lease is free, ours or run out, and writing it succeeds ──► leads
 *        ▲                                                                         │
 *        └── somebody else has it, or the last renewal was asked for 10 s ago ◄────┘
 *
 * Two who write at once are told apart by the resourceVersion. Needs `get`, `create` and `update` on leases.
 */
import type { Clock } from '../core/clock.js';
import { HavocError, hasCode } from '../core/havoc-error.js';
import { sleep, within } from '../core/sleep.js';
import type { KubeApi } from './kube-api.js';
import type { OwnerReference, Target } from './kube-object.js';
import { heldLease, type Lease, mayHold, type ObservedLease, observe, releasedLease } from './lease.js';
import { leaseLimits } from './limits.js';
import { resources } from './resources.js';

export interface LeadershipOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly name: string;
  /** Unlike that of any other replica, and of this one before it was started again. */
  readonly identity: string;
  readonly owner: OwnerReference | null;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onChange: (leads: boolean) => void;
  readonly onError?: (error: HavocError) => void;
}

export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #target: Target;
  readonly #running: Promise<void>;
  readonly #stopping = new AbortController();
  #observed: ObservedLease | null = null;
  /** Until when nobody else can hold the lease; null for a follower. */
  #untilMs: number | null = null;
  #callOffEnd: () => void = () => {};

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#target = { resource: resources.leases, namespace: options.namespace, name: options.name };
    this.#running = this.#run();
  }

  /** Looks at the clock, so that a process that was frozen does not believe what has run out meanwhile. */
  get leads(): boolean {
    return this.#untilMs !== null && this.#options.clock.monotonicMs() < this.#untilMs;
  }

  /** Hands the lease back. Never rejects. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    await this.#running;
    const held = this.leads ? this.#observed?.lease : undefined;
    this.#stepDown();
    if (held !== undefined) await this.#release(held);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#tryToHold();
      } catch (error) {
        if (!(error instanceof HavocError)) throw error;
        this.#options.onError?.(error);
      }
      await this.#rest();
    }
  }

  async #tryToHold(): Promise<void> {
    const { api, clock, identity } = this.#options;
    const lease = await api.get<Lease>(this.#target);
    if (this.#stopping.signal.aborted) return;
    if (lease !== null) {
      this.#observed = observe(this.#observed, lease, clock.monotonicMs());
      if (!mayHold(this.#observed, identity, clock.monotonicMs())) {
        this.#stepDown();
        return;
      }
    }
    // Counted from before the request, since the others count from when they see what it did.
    const askedMs = clock.monotonicMs();
    const held = await this.#write(lease);
    if (held === null) return;
    this.#observed = { lease: held, sinceMs: askedMs };
    this.#leadUntil(askedMs + leaseLimits.renewDeadlineMs);
  }

  /** Null when somebody was faster. */
  async #write(before: Lease | null): Promise<Lease | null> {
    const { api, clock, namespace, name, identity, owner } = this.#options;
    const lease = heldLease(before, { namespace, name, identity, owner, wallMs: clock.wallMs() });
    try {
      return before === null
        ? await api.create({ resource: resources.leases, namespace }, lease)
        : await api.replace(this.#target, lease);
    } catch (error) {
      if (hasCode(error, 'kube.conflict', 'kube.exists', 'kube.not-found')) return null;
      throw error;
    }
  }

  #leadUntil(untilMs: number): void {
    const { clock, onChange } = this.#options;
    const led = this.#untilMs !== null;
    this.#callOffEnd();
    const leftMs = untilMs - clock.monotonicMs();
    if (leftMs <= 0) {
      this.#stepDown();
      return;
    }
    this.#untilMs = untilMs;
    this.#callOffEnd = clock.after(leftMs, () => this.#stepDown());
    if (!led) onChange(true);
  }

  #stepDown(): void {
    this.#callOffEnd();
    if (this.#untilMs === null) return;
    this.#untilMs = null;
    this.#options.onChange(false);
  }

  async #release(held: Lease): Promise<void> {
    const { api, clock, onError } = this.#options;
    const released = api
      .replace(this.#target, releasedLease(held, clock.wallMs()))
      .catch((error: unknown) => {
        // Somebody else has it already, or the server is gone: then it runs out by itself.
        if (error instanceof HavocError) onError?.(error);
      });
    await within(leaseLimits.releaseMs, released, clock);
  }

  /** Cut short by `stop`. Followers are spread, lest they all ask at once. */
  #rest(): Promise<void> {
    const { clock, random } = this.#options;
    const ms = leaseLimits.retryMs * (this.#untilMs === null ? 1 + leaseLimits.jitter * random() : 1);
    return sleep(ms, { clock, signal: this.#stopping.signal });
  }
}
