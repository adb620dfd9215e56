/**
 * The proxy: one thread, one epoll, synchronous calls.
 *
 *     epoll_wait ─► what became readable or writable: its flows run ─► new connections ─► timers ─► close(2)
 *
 * A descriptor's number may be used again as soon as it is closed, so that comes last.
 */

import type { ArmedFault } from '../../../faults/armed-faults.js';
import type { KnownPeers } from '../../../faults/compile-tcp.js';
import {
  EPOLLERR,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLRDHUP,
  Epoll,
} from '../../linux/epoll.js';
import type { Endpoint } from '../../linux/inet-socket.js';
import { libc } from '../../linux/libc.js';
import type { DescriptorBudget } from '../../proxy/descriptor-budget.js';
import { limits } from '../limits.js';
import { type TcpCounters, total } from '../tcp-counters.js';
import { Buffers } from './buffers.js';
import { BusyPoll } from './busy-poll.js';
import type { Connection } from './connection.js';
import { ConnectionFaults } from './connection-faults.js';
import type { Dial } from './dial.js';
import type { End, Way } from './end.js';
import type { Listener } from './listener.js';
import { Oversleep } from './oversleep.js';
import { PortCounts } from './port-counts.js';
import type { ProxyRuntime } from './proxy-runtime.js';
import { receive } from './receive.js';
import { Reception } from './reception.js';
import { Timers } from './timers.js';

const watched = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;
const readable = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
const ended = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
const writable = EPOLLOUT | EPOLLHUP | EPOLLERR;

/** Less is looked away. */
const shortestSleepMs = 0.05;

export interface ProxyOptions {
  readonly listeners: readonly Listener[];
  readonly counters: TcpCounters;
  readonly descriptors: DescriptorBudget;
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  /** Readable when `onWake` is to be called. */
  readonly wakeFd: number | null;
  readonly onWake: () => void;
  /** An error of ours: nothing is faulted any more. */
  readonly onCrash: (error: unknown) => void;
}

export interface ProxyFaults {
  readonly faults: readonly ArmedFault[];
  readonly known: KnownPeers;
  /** Where the names of `forward` listeners lead. */
  readonly upstreams: ReadonlyMap<string, readonly Endpoint[]>;
}

export class ConnectionLoop implements ProxyRuntime {
  upstreams: ReadonlyMap<string, readonly Endpoint[]> = new Map();
  readonly armed: ConnectionFaults;
  readonly counters: TcpCounters;
  readonly timers = new Timers();
  readonly buffers = new Buffers();
  readonly clientPorts = new PortCounts();
  readonly nowMs: () => number;
  private readonly epoll = new Epoll();
  private readonly spin = new BusyPoll();
  private readonly oversleep = new Oversleep();
  /** By descriptor. */
  private readonly ends: (End | undefined)[] = [];
  private readonly reception: Reception;
  private readonly connections = new Set<Connection>();
  private readonly dials = new Set<Dial>();
  private scheduled: Way[] = [];
  private readonly doomed: number[] = [];

  constructor(private readonly options: ProxyOptions) {
    const { counters, nowMs, wallMs } = options;
    this.counters = counters;
    this.nowMs = nowMs;
    const onChange = (): void => this.meetAll();
    this.armed = new ConnectionFaults({ timers: this.timers, counters, nowMs, wallMs, onChange });
    this.reception = new Reception({
      ...options,
      epoll: this.epoll,
      timers: this.timers,
      take: (listener, fd) => this.safely(() => this.dial(receive(this, listener, fd))),
    });
    if (options.wakeFd !== null) this.epoll.add(options.wakeFd, EPOLLIN);
  }

  /** Every byte that is read from now on meets this plan. */
  setPlan({ faults, known, upstreams }: ProxyFaults): void {
    this.upstreams = upstreams;
    this.armed.set(faults, known);
    this.reception.begin();
  }

  /** Waits for something to do, at most `mostMs`, and does it. */
  turn(mostMs: number): void {
    const count = this.waitAtMost(this.patience(mostMs));
    for (let index = 0; index < count; index++) {
      this.note(this.epoll.fdOf(index), this.epoll.eventsOf(index));
    }
    if (this.scheduled.length > 0) this.runScheduled();
    this.reception.acceptAll();
    if (!this.timers.isEmpty) this.safely(() => this.timers.runUntil(this.nowMs()));
    if (this.doomed.length > 0) this.closeDoomed();
    this.counters.set(total.held, this.buffers.held);
  }

  /** Runs it later in this turn, or in the next. */
  schedule(way: Way): void {
    if (way.isScheduled) return;
    way.isScheduled = true;
    this.scheduled.push(way);
  }

  watch(end: End): void {
    this.ends[end.fd] = end;
    this.epoll.add(end.fd, watched);
    this.options.descriptors.count('sockets', 1);
  }

  adopt(connection: Connection): void {
    this.connections.add(connection);
    this.counters.set(total.open, this.connections.size);
  }

  forget(connection: Connection): void {
    this.connections.delete(connection);
    this.counters.set(total.open, this.connections.size);
  }

  hangUp(dial: Dial): void {
    this.dials.delete(dial);
  }

  closeLater(fd: number): void {
    this.ends[fd] = undefined;
    this.doomed.push(fd);
  }

  crash(error: unknown): void {
    this.options.onCrash(error);
    this.armed.disarm();
  }

  /** Nothing more is taken; what is open goes on. */
  stopListening(): void {
    this.reception.stop();
  }

  /** Resets whatever is open. */
  close(): void {
    for (const dial of this.dials) dial.close();
    for (const connection of this.connections) connection.reset();
    this.closeDoomed();
    this.epoll.close();
  }

  private closeDoomed(): void {
    const fds = this.doomed.splice(0);
    for (const fd of fds) libc.close(fd);
    this.options.descriptors.count('sockets', -fds.length);
  }

  private patience(mostMs: number): number {
    if (this.scheduled.length > 0) return 0;
    return this.timers.isEmpty ? mostMs : Math.min(mostMs, Math.max(0, this.timers.nextMs - this.nowMs()));
  }

  /** Looks a few times before it sleeps, where that has paid lately. */
  private waitAtMost(ms: number): number {
    if (ms <= 0) return this.epoll.wait(0);
    const { looks } = this.spin;
    for (let look = 1; look <= looks; look++) {
      const count = this.look();
      if (count === 0) continue;
      this.spin.paid(look);
      return count;
    }
    if (looks > 0) this.spin.inVain();
    return ms > limits.idleMs ? this.epoll.wait(limits.idleMs) : this.sleepUntilDue(this.patience(ms));
  }

  /** Without what would be overslept; the little that is then left is looked away. */
  private sleepUntilDue(ms: number): number {
    const askedMs = ms - this.oversleep.allowanceMs;
    const began = this.nowMs();
    if (askedMs > shortestSleepMs) {
      const count = this.epoll.wait(askedMs);
      if (count === 0) this.oversleep.note(askedMs, this.nowMs() - began);
      return count;
    }
    for (;;) {
      const count = this.look();
      if (count > 0 || this.nowMs() - began >= ms) return count;
    }
  }

  /** What there is now; if nothing, others may have the processor first. */
  private look(): number {
    const count = this.epoll.wait(0);
    if (count === 0) libc.schedYield();
    return count;
  }

  private meetAll(): void {
    const { faults, keys } = this.armed;
    for (const connection of this.connections) connection.meet(faults, keys);
  }

  private note(fd: number, events: number): void {
    const end = this.ends[fd];
    if (!end) {
      this.noteOther(fd);
      return;
    }
    const isReadable = (events & readable) !== 0;
    if (isReadable) {
      end.isReadable = true;
      if ((events & ended) !== 0) end.hasEnded = true;
      if ((events & EPOLLERR) !== 0) end.hasFailed = true;
      if ((events & EPOLLPRI) !== 0) end.hasUrgent = true;
    }
    const isWritableAgain = !end.isWritable && (events & writable) !== 0;
    if (isWritableAgain) end.isWritable = true;
    if (end.from === null) this.safely(() => end.opening?.note(end, events));
    else if (isReadable) end.from.run();
    if (isWritableAgain) end.to?.run();
  }

  private noteOther(fd: number): void {
    if (!this.reception.note(fd) && fd === this.options.wakeFd) this.safely(this.options.onWake);
  }

  private runScheduled(): void {
    const ways = this.scheduled;
    this.scheduled = [];
    for (const way of ways) {
      way.isScheduled = false;
      way.run();
    }
  }

  private dial(dial: Dial | null): void {
    if (dial === null) return;
    this.dials.add(dial);
    dial.next();
  }

  private safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.crash(error);
    }
  }
}
