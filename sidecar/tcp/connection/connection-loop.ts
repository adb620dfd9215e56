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
import { type TcpCounters, total } from '../tcp-counters.js';
import { acceptConnection } from './accept-connection.js';
import { Buffers } from './buffers.js';
import { ConnectionFaults } from './connection-faults.js';
import type { Dial } from './dial.js';
import { EventWait } from './event-wait.js';
import type { Listener } from './listener.js';
import { PortCounts } from './port-counts.js';
import type { OpenConnection, OpenDial, ProxyRuntime } from './proxy-runtime.js';
import type { ProxySocket, Runnable } from './proxy-socket.js';
import { Reception } from './reception.js';
import { Timers } from './timers.js';

const watched = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;
const readable = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
const ended = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
const writable = EPOLLOUT | EPOLLHUP | EPOLLERR;

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

export class ConnectionLoop {
  readonly #timers = new Timers();
  readonly #buffers = new Buffers();
  readonly #armed: ConnectionFaults;
  readonly #runtime: ProxyRuntime;
  readonly #epoll = new Epoll();
  readonly #wait: EventWait;
  readonly #reception: Reception;
  #upstreams: ProxyFaults['upstreams'] = new Map();
  /** By descriptor. */
  readonly #sockets: (ProxySocket | undefined)[] = [];
  readonly #connections = new Set<OpenConnection>();
  readonly #dials = new Set<OpenDial>();
  #scheduled: Runnable[] = [];
  /** Descriptors that are closed at the end of the turn. */
  readonly #ended: number[] = [];
  readonly #options: ProxyOptions;

  constructor(options: ProxyOptions) {
    this.#options = options;
    const { counters, nowMs, wallMs } = options;
    const timers = this.#timers;
    const buffers = this.#buffers;
    this.#wait = new EventWait(this.#epoll, nowMs);
    const onChange = (): void => this.#applyFaults();
    this.#armed = new ConnectionFaults({ timers, counters, nowMs, wallMs, onChange });
    this.#runtime = {
      ...{ buffers, timers, counters, nowMs, armed: this.#armed, clientPorts: new PortCounts() },
      upstreamsOf: (name) => this.#upstreams.get(name) ?? [],
      schedule: (runnable) => this.#schedule(runnable),
      watch: (socket) => this.#watch(socket),
      closeLater: (fd) => this.#closeLater(fd),
      crash: (error) => this.#crash(error),
      adopt: (connection) => this.#countOpen(this.#connections.add(connection)),
      forget: (connection) => {
        this.#connections.delete(connection);
        this.#countOpen(this.#connections);
      },
      hangUp: (dial) => this.#dials.delete(dial),
    };
    this.#reception = new Reception({
      ...{ ...options, epoll: this.#epoll, timers },
      take: (listener, fd) => this.#safely(() => this.#dial(acceptConnection(this.#runtime, listener, fd))),
    });
    if (options.wakeFd !== null) this.#epoll.add(options.wakeFd, EPOLLIN);
  }

  /** Every byte that is read from now on meets these faults. */
  setFaults({ faults, known, upstreams }: ProxyFaults): void {
    this.#upstreams = upstreams;
    this.#armed.set(faults, known);
    this.#reception.begin();
  }

  /** Waits for something to do, at most `mostMs`, and does it. */
  turn(mostMs: number): void {
    const count = this.#wait.atMost(() => this.#patience(mostMs));
    for (let index = 0; index < count; index++) {
      this.#note(this.#epoll.fdOf(index), this.#epoll.eventsOf(index));
    }
    if (this.#scheduled.length > 0) this.#runScheduled();
    this.#reception.acceptAll();
    if (!this.#timers.isEmpty) this.#safely(() => this.#timers.runUntil(this.#options.nowMs()));
    if (this.#ended.length > 0) this.#closeEnded();
    this.#options.counters.set(total.held, this.#buffers.held);
  }

  /** Nothing more is taken; what is open goes on. */
  stopListening(): void {
    this.#reception.stop();
  }

  /** Resets whatever is open. */
  close(): void {
    for (const dial of this.#dials) dial.close();
    for (const connection of this.#connections) connection.reset();
    this.#closeEnded();
    this.#epoll.close();
  }

  #schedule(runnable: Runnable): void {
    if (runnable.isScheduled) return;
    runnable.isScheduled = true;
    this.#scheduled.push(runnable);
  }

  #watch(socket: ProxySocket): void {
    this.#sockets[socket.fd] = socket;
    this.#epoll.add(socket.fd, watched);
    this.#options.descriptors.count('sockets', 1);
  }

  #countOpen({ size }: ReadonlySet<OpenConnection>): void {
    this.#options.counters.set(total.open, size);
  }

  #closeLater(fd: number): void {
    this.#sockets[fd] = undefined;
    this.#ended.push(fd);
  }

  #crash(error: unknown): void {
    this.#options.onCrash(error);
    this.#armed.disarm();
  }

  #closeEnded(): void {
    const fds = this.#ended.splice(0);
    for (const fd of fds) libc.close(fd);
    this.#options.descriptors.count('sockets', -fds.length);
  }

  #patience(mostMs: number): number {
    if (this.#scheduled.length > 0) return 0;
    return this.#timers.isEmpty
      ? mostMs
      : Math.min(mostMs, Math.max(0, this.#timers.nextMs - this.#options.nowMs()));
  }

  #applyFaults(): void {
    const { faults, keys } = this.#armed;
    for (const connection of this.#connections) connection.applyFaults(faults, keys);
  }

  #note(fd: number, events: number): void {
    const socket = this.#sockets[fd];
    if (!socket) {
      this.#noteOther(fd);
      return;
    }
    const isReadable = (events & readable) !== 0;
    if (isReadable) {
      socket.isReadable = true;
      if ((events & ended) !== 0) socket.hasEnded = true;
      if ((events & EPOLLERR) !== 0) socket.hasFailed = true;
      if ((events & EPOLLPRI) !== 0) socket.hasUrgent = true;
    }
    const isWritableAgain = !socket.isWritable && (events & writable) !== 0;
    if (isWritableAgain) socket.isWritable = true;
    if (socket.reader === null) this.#safely(() => socket.opening?.note(socket, events));
    else if (isReadable) socket.reader.run();
    if (isWritableAgain) socket.writer?.run();
  }

  #noteOther(fd: number): void {
    if (!this.#reception.note(fd) && fd === this.#options.wakeFd) this.#safely(this.#options.onWake);
  }

  #runScheduled(): void {
    const due = this.#scheduled;
    this.#scheduled = [];
    for (const runnable of due) {
      runnable.isScheduled = false;
      runnable.run();
    }
  }

  #dial(dial: Dial | null): void {
    if (dial === null) return;
    this.#dials.add(dial);
    dial.next();
  }

  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#crash(error);
    }
  }
}
