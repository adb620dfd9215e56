/**
 * Waits for events: first it looks a few times, where that has paid lately, and only then sleeps; and it sleeps less than
 * asked, by what would be overslept, and looks for the rest.
 */
import type { Epoll } from '../../linux/epoll.js';
import { libc } from '../../linux/libc.js';
import { proxyTimeouts } from '../../proxy/timeouts.js';
import { BusyPoll } from './busy-poll.js';
import { TimerSlack } from './timer-slack.js';

/** Shorter waits are busy-polled instead of slept. */
const shortestSleepMs = 0.05;

export class EventWait {
  readonly #busyPoll = new BusyPoll();
  readonly #timerSlack = new TimerSlack();
  readonly #epoll: Epoll;
  readonly #nowMs: () => number;

  constructor(epoll: Epoll, nowMs: () => number) {
    this.#epoll = epoll;
    this.#nowMs = nowMs;
  }

  /** How many events there are; 0 after the time that `leftMs` gives, which is asked again before it sleeps. */
  atMost(leftMs: () => number): number {
    const ms = leftMs();
    if (ms <= 0) return this.#epoll.wait(0);
    const { looks } = this.#busyPoll;
    for (let look = 1; look <= looks; look++) {
      const count = this.#look();
      if (count === 0) continue;
      this.#busyPoll.paid(look);
      return count;
    }
    if (looks > 0) this.#busyPoll.inVain();
    return ms > proxyTimeouts.tcpTurnMs
      ? this.#epoll.wait(proxyTimeouts.tcpTurnMs)
      : this.#sleepUntilDue(leftMs());
  }

  #sleepUntilDue(ms: number): number {
    const askedMs = ms - this.#timerSlack.allowanceMs;
    const began = this.#nowMs();
    if (askedMs > shortestSleepMs) {
      const count = this.#epoll.wait(askedMs);
      if (count === 0) this.#timerSlack.note(askedMs, this.#nowMs() - began);
      return count;
    }
    for (;;) {
      const count = this.#look();
      if (count > 0 || this.#nowMs() - began >= ms) return count;
    }
  }

  /** What there is now; if nothing, others may have the processor first. */
  #look(): number {
    const count = this.#epoll.wait(0);
    if (count === 0) libc.schedYield();
    return count;
  }
}
