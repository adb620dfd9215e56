/**
 * The listening sockets: takes the connections that wait there, where there are descriptors for them. One more is
 * refused rather than left in the kernel's queue, where its client would take it for open, and wait for no one.
 */

import { EPOLLIN, type Epoll } from '../../linux/epoll.js';
import { EMFILE, ENFILE } from '../../linux/errno.js';
import { accept } from '../../linux/inet-socket.js';
import { errno, libc } from '../../linux/libc.js';
import type { DescriptorBudget } from '../../proxy/descriptor-budget.js';
import { limits } from '../limits.js';
import { type TcpCounters, total } from '../tcp-counters.js';
import type { Listener } from './listener.js';
import type { Timers } from './timers.js';

export interface ReceptionOptions {
  readonly listeners: readonly Listener[];
  readonly epoll: Epoll;
  readonly timers: Timers;
  readonly counters: TcpCounters;
  readonly descriptors: DescriptorBudget;
  readonly nowMs: () => number;
  /** Of a connection that was accepted just now. Never throws. */
  readonly take: (listener: Listener, fd: number) => void;
}

export class Reception {
  readonly #options: ReceptionOptions;
  readonly #listeners = new Map<number, Listener>();
  readonly #calling: Listener[] = [];
  #hasStopped = false;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  /** Once, and not again after the end. */
  begin(): void {
    if (this.#listeners.size > 0 || this.#hasStopped) return;
    for (const listener of this.#options.listeners) {
      this.#listeners.set(listener.fd, listener);
      this.#options.epoll.add(listener.fd, EPOLLIN);
    }
  }

  stop(): void {
    for (const fd of this.#listeners.keys()) this.#options.epoll.remove(fd);
    this.#listeners.clear();
    this.#hasStopped = true;
  }

  /** Somebody waits there; false where it is not a listener. */
  note(fd: number): boolean {
    const listener = this.#listeners.get(fd);
    if (listener) this.#calling.push(listener);
    return listener !== undefined;
  }

  /** Takes who waits, of each listener so many at most. */
  acceptAll(): void {
    if (this.#calling.length > 0) for (const listener of this.#calling.splice(0)) this.#acceptFrom(listener);
  }

  #acceptFrom(listener: Listener): void {
    const { descriptors, take } = this.#options;
    for (let taken = 0; taken < limits.acceptsInTurn; taken++) {
      const fd = accept(listener.fd);
      if (fd >= 0 && descriptors.hasRoomToConnect) take(listener, fd);
      else if (fd >= 0) this.#refuse(fd);
      else {
        if (errno() === EMFILE || errno() === ENFILE) this.#pause(listener);
        return;
      }
    }
  }

  /** Accepted sockets linger for 0 seconds: close(2) alone is a reset. */
  #refuse(fd: number): void {
    this.#options.counters.add(total.exhausted, 1);
    libc.close(fd);
  }

  /** The machine has no descriptors, and the listener would call for ever. */
  #pause(listener: Listener): void {
    const { counters, epoll, timers, nowMs } = this.#options;
    counters.add(total.exhausted, 1);
    epoll.remove(listener.fd);
    timers.at(nowMs() + limits.exhaustedMs, () => {
      if (this.#listeners.has(listener.fd)) epoll.add(listener.fd, EPOLLIN);
    });
  }
}
