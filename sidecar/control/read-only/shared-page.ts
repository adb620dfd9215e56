/**
 * A page that many want and one makes. Whoever asks gets one whose making began after he had asked, so that it is never
 * older than the question; and it is made for all who wait at once, one at a time, with a pause between.
 *
 *     asks ─► waits for the next ─► it is made ─► all who waited get it
 */
import type { Clock } from '../../../core/clock.js';

/** `busy`: it is not made soon, and too many wait for it already. */
export type Page = Uint8Array | 'failed' | 'busy';

export interface SharedPageOptions {
  /** Has it made; `made` is told what came of it. */
  readonly make: () => void;
  readonly clock: Clock;
  readonly gapMs: number;
  /** How many may wait. */
  readonly most: number;
}

export class SharedPage {
  #waiting: ((page: Page) => void)[] = [];
  #making: ((page: Page) => void)[] | null = null;
  #isDue = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  readonly #options: SharedPageOptions;

  constructor(options: SharedPageOptions) {
    this.#options = options;
  }

  get(): Promise<Page> {
    if (this.#waiting.length >= this.#options.most) return Promise.resolve('busy');
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  made(page: Page): void {
    const done = this.#making ?? [];
    this.#making = null;
    for (const resolve of done) resolve(page);
    if (this.#waiting.length > 0) this.#schedule();
  }

  #schedule(): void {
    if (this.#making !== null || this.#isDue) return;
    const { clock, gapMs } = this.#options;
    const pauseMs = this.#lastMs + gapMs - clock.monotonicMs();
    if (pauseMs <= 0) {
      this.#make();
      return;
    }
    this.#isDue = true;
    clock.after(pauseMs, () => {
      this.#isDue = false;
      this.#make();
    });
  }

  #make(): void {
    this.#making = this.#waiting;
    this.#waiting = [];
    this.#lastMs = this.#options.clock.monotonicMs();
    this.#options.make();
  }
}
