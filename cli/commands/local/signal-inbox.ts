/**
 * The signals that ask for the end, each of them once. In a namespace of its own havock8s is two processes, and
 * Ctrl-C reaches both: the outer one tells the inner one what it got, and the inner one believes the larger count.
 *
 *     terminal ─┬─► outer ── IPC ─┐
 *               └─► inner ────────┴─► max(own, told) ─► listener
 */
import { type StopSignal, stopSignals } from './stop-policy.js';

export class SignalInbox {
  readonly #listeners = new Map<StopSignal, () => void>();
  readonly #own = new Counts();
  readonly #told = new Counts();
  #listener: (signal: StopSignal) => void;

  constructor(listener: (signal: StopSignal) => void) {
    this.#listener = listener;
    for (const signal of stopSignals) {
      const receive = () => this.#count(signal, this.#own, this.#told);
      process.on(signal, receive);
      this.#listeners.set(signal, receive);
    }
    process.on('message', this.#onMessage);
    process.on('disconnect', this.#onDisconnect);
    process.channel?.unref();
    // Gone before anybody could listen; without an outer process this is undefined.
    if (process.connected === false) queueMicrotask(this.#onDisconnect);
  }

  /** Who hears of signals from now on. */
  set listener(listener: (signal: StopSignal) => void) {
    this.#listener = listener;
  }

  close(): void {
    for (const [signal, receive] of this.#listeners) process.off(signal, receive);
    process.off('message', this.#onMessage);
    process.off('disconnect', this.#onDisconnect);
    if (process.connected) process.disconnect();
  }

  readonly #onMessage = (message: unknown): void => {
    const signal = stopSignals.find((one) => one === message);
    if (signal !== undefined) this.#count(signal, this.#told, this.#own);
  };

  /** The outer process was killed, and this one must not outlive it. */
  readonly #onDisconnect = (): void => this.#listener('SIGTERM');

  #count(signal: StopSignal, counts: Counts, others: Counts): void {
    if (counts.add(signal) > others.of(signal)) this.#listener(signal);
  }
}

class Counts {
  readonly #counts = new Map<StopSignal, number>();

  of(signal: StopSignal): number {
    return this.#counts.get(signal) ?? 0;
  }

  add(signal: StopSignal): number {
    const count = this.of(signal) + 1;
    this.#counts.set(signal, count);
    return count;
  }
}
