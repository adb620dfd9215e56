/**
 * Who is asked to end while the volumes are served does not know why. If the pod ends, the fault proxy is told so too,
 * and says it; if somebody wants this container again, an app is at work on the mounts, and they must stay.
 *
 *     asked ─┬─ no proxy ─────────────────────────────────────────► end
 *            └─ `ending` ─► proxy ─┬─ leaving, or hangs up ───────► end
 *                                  ├─ silent: it is stopped ──────► end
 *                                  └─ serving ─► wait a while for the above, then forget that we were asked
 */
import { holderTimeouts } from './timeouts.js';

export interface LastFaultProxyOptions {
  /** Asks a fault proxy whether it is ending. */
  readonly ask: (fd: number) => void;
  readonly onStay: () => void;
}

export class LastFaultProxy {
  readonly #planes = new Set<number>();
  #timer: NodeJS.Timeout | null = null;
  #end: (() => void) | null = null;
  readonly #options: LastFaultProxyOptions;

  constructor(options: LastFaultProxyOptions) {
    this.#options = options;
  }

  begins(fd: number): void {
    this.#planes.add(fd);
  }

  /** It said so, or its connection has ended. */
  leaves(fd: number): void {
    if (this.#planes.delete(fd) && this.#planes.size === 0) this.#end?.();
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
    if (this.#planes.size === 0) {
      end();
      return;
    }
    this.#end = end;
    for (const fd of this.#planes) this.#options.ask(fd);
    this.#after(holderTimeouts.proxyAnswerMs, end);
  }

  #after(ms: number, then: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    // Once it has ended nothing else runs.
    this.#timer = setTimeout(then, ms).unref();
  }
}
