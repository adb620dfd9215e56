/**
 * Who is asked to end while the volumes are served does not know why. If the pod ends, the fault proxy is told so too,
 * and says it; if somebody wants this container again, an app is at work on the mounts, and they must stay.
 *
 *     asked ─┬─ no proxy ─────────────────────────────────────────► end
 *            └─ `draining?` ─► proxy ─┬─ draining, or hangs up ───► end
 *                                     ├─ silent: it hangs ────────► end
 *                                     └─ serving ─► wait a while for the above, then forget that we were asked
 */
import { holderTimeouts } from './timeouts.js';

export interface LastFaultProxyOptions {
  /** Asks a fault proxy whether it is ending. */
  readonly ask: (fd: number) => void;
  readonly onStay: () => void;
}

export class LastFaultProxy {
  readonly #proxies = new Set<number>();
  #timer: NodeJS.Timeout | null = null;
  #end: (() => void) | null = null;
  readonly #options: LastFaultProxyOptions;

  constructor(options: LastFaultProxyOptions) {
    this.#options = options;
  }

  begins(fd: number): void {
    this.#proxies.add(fd);
  }

  /** It drains, or its connection has ended. */
  ends(fd: number): void {
    if (this.#proxies.delete(fd) && this.#proxies.size === 0) this.#end?.();
  }

  serves(): void {
    if (this.#end === null) return;
    this.#options.onStay();
    this.#after(holderTimeouts.forgetMs, () => {
      this.#end = null;
    });
  }

  /** `end` is called once, at once or later, or never. */
  askedTo(end: () => void): void {
    if (this.#proxies.size === 0) {
      end();
      return;
    }
    this.#end = end;
    for (const fd of this.#proxies) this.#options.ask(fd);
    this.#after(holderTimeouts.proxyAnswerMs, end);
  }

  #after(ms: number, then: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    // Once it has ended nothing else runs.
    this.#timer = setTimeout(then, ms).unref();
  }
}
