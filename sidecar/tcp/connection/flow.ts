/**
 * One direction of one connection.
 *
 *     nothing armed on it:  recv ─► send                in one go; what is not taken waits for room
 *     else:                 recv ─► quota ─► corrupt ─► delay ─► queue ─► shape, slice ─► send
 *
 * Bytes are never reordered, dropped or made up. While much waits nothing is read, so that the sender feels it.
 */
import { askInt, SHUT_WR, SIOCINQ } from '../../linux/inet-socket.js';
import { libc } from '../../linux/libc.js';
import { areHolding, countHeld } from '../effects/blackhole.js';
import { withoutEnded } from '../effects/latency.js';
import { allowance, spend } from '../effects/quota.js';
import { makeWhole } from '../effects/slice.js';
import { limits } from '../limits.js';
import type { ConnectionFault } from './connection-fault.js';
import { FlowEnd } from './flow-end.js';
import type { FlowFaults } from './flow-faults.js';
import { FlowQueue } from './flow-queue.js';
import { passStraight, type StraightOptions } from './pass-straight.js';
import type { ProxySocket, Runnable } from './proxy-socket.js';
import { lateEnd, type NothingRead, readChunk } from './read-chunk.js';
import type { TlsDetector } from './tls-detector.js';

/** What a flow tells its connection. */
export interface FlowOwner {
  readonly tls: TlsDetector;
  /** Which connection this is, from 1. */
  readonly ordinal: number;
  /** Has the other direction ended already? Then the connection is closed, which says the end of this one too. */
  isLast(flow: Flow): boolean;
  /** All was sent, the end included. */
  finished(): void;
  reset(): void;
  /** One of the sockets is gone. */
  failed(flow: Flow): void;
  /** So much has passed that this fault ends the connection. */
  limitReached(fault: ConnectionFault, flow: Flow): void;
}

export interface FlowOptions extends StraightOptions {
  readonly owner: FlowOwner;
}

export class Flow implements Runnable {
  isScheduled = false;
  readonly source: ProxySocket;
  readonly sink: ProxySocket;
  faults: FlowFaults | null = null;
  /** No more is read: the source has ended, or a fault lets no more pass. */
  #hasEnded = false;
  /** The fault that lets no more pass: it ends the connection once what passed is sent. */
  #limit: ConnectionFault | null = null;
  #isOpen = false;
  #isClosed = false;
  readonly #queue: FlowQueue;
  readonly #end: FlowEnd;
  readonly #options: FlowOptions;

  constructor(options: FlowOptions) {
    this.#options = options;
    this.source = options.source;
    this.sink = options.sink;
    this.#queue = new FlowQueue(options.runtime, this);
    this.#end = new FlowEnd(options.runtime, () => this.#passEndOn());
  }

  get isDone(): boolean {
    return this.#end.isPassedOn;
  }

  /** Both sockets are there. */
  open(): void {
    this.#isOpen = true;
    this.#options.runtime.schedule(this);
  }

  /** After an error of ours nobody knows which bytes have gone: the connection is reset rather than sewn together. */
  run(): void {
    try {
      this.#goOn();
    } catch (error) {
      this.#options.owner.reset();
      this.#options.runtime.crash(error);
    }
  }

  /** From now on these; what waits for a fault that has ended goes on. */
  applyFaults(faults: FlowFaults | null, armed: ReadonlySet<string>): void {
    this.#countHeld(armed);
    this.faults = faults;
    this.#queue.reconsider((chunks) => {
      withoutEnded(chunks, armed);
      if ((faults?.slices.length ?? 0) === 0) makeWhole(chunks);
    });
    this.#end.applyFaults(faults);
    this.#options.runtime.schedule(this);
  }

  /** Until its connection is reset: what is still to come, an end too, must not be passed on before that. */
  halt(): void {
    this.#isOpen = false;
  }

  /** Reads nothing any more, and ends once what it has is sent. */
  stopReading(): void {
    this.#hasEnded = true;
    this.#options.runtime.schedule(this);
  }

  /** Under a `blackhole` that closes: what it holds goes nowhere, and the other side sees the end. */
  cutOff(): void {
    if ((this.faults?.holds.length ?? 0) === 0) this.stopReading();
    else if (!this.isDone) {
      this.#countHeld(new Set());
      this.#queue.close();
      this.#hasEnded = true;
      this.#end.now();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#end.cancel();
    this.#queue.close();
  }

  #goOn(): void {
    if (!this.#isOpen || this.#isClosed) return;
    if (this.isDone) {
      // Its source has ended and cannot be read any more, but it can still be gone.
      if (this.source.hasFailed) this.#options.owner.failed(this);
      return;
    }
    if (this.faults === null && this.#queue.isEmpty && !this.source.hasUrgent) this.#forward();
    else this.#advance();
  }

  /** Straight through the one buffer. */
  #forward(): void {
    for (let reads = 0; this.source.isReadable && !this.#hasEnded; reads++) {
      if (reads === limits.readsInTurn) {
        this.#options.runtime.schedule(this);
        return;
      }
      const passed = passStraight(this.#options, this.#queue);
      if (passed === 'all') continue;
      this.#note(passed);
      return;
    }
    if (this.#hasEnded) this.#end.begin(this.faults);
  }

  /** The long way, for what faults look at, and for what waits. */
  #advance(): void {
    for (let turns = 0; turns < limits.readsInTurn; turns++) {
      if (this.#isHeld()) return;
      const hasTaken = this.#take();
      if (this.#isClosed || this.isDone) return;
      const delivery = this.#queue.deliver(this.sink, this.faults);
      if (delivery !== 'waiting' && this.#isOver(delivery)) return;
      // What was not taken for want of room is taken once there is some.
      const mayTakeMore = delivery === 'empty' && this.source.isReadable;
      if (!hasTaken && !mayTakeMore) return;
    }
    this.#options.runtime.schedule(this);
  }

  /** Was that the last of it? */
  #isOver(delivery: 'empty' | 'failed'): boolean {
    const { owner } = this.#options;
    if (delivery === 'failed') owner.failed(this);
    else if (this.#limit) this.#tellLimit(this.#limit);
    else if (this.#hasEnded) this.#end.begin(this.faults);
    else return false;
    return true;
  }

  #tellLimit(limit: ConnectionFault): void {
    this.#limit = null;
    this.#options.owner.limitReached(limit, this);
  }

  /** Reads what there is, as far as there is room. Was there anything? */
  #take(): boolean {
    const { source } = this;
    const options = this.#options;
    if (!source.isReadable || this.#hasEnded || this.#queue.bytes >= this.#room) return false;
    const quotas = this.faults?.quotas ?? [];
    const quotaBytes = allowance(quotas);
    if (quotaBytes <= 0) return false;
    const { owner, runtime } = options;
    const { tls, ordinal } = owner;
    const chunk = readChunk(source, { runtime, faults: this.faults, quotaBytes, ordinal, tls });
    if (typeof chunk === 'string') {
      this.#note(chunk);
      return false;
    }
    const read = chunk.bytes.length;
    runtime.counters.add(options.total, read);
    this.#queue.push(chunk);
    this.#limit = spend(quotas, read);
    if (this.#limit) this.#hasEnded = true;
    return true;
  }

  get #room(): number {
    const isNarrow = this.faults === null || this.#options.runtime.buffers.isCrowded;
    return isNarrow ? 1 : limits.flowBytes;
  }

  #note(why: NothingRead): void {
    if (why === 'interrupted') this.#options.runtime.schedule(this);
    else if (why === 'failed') this.#options.owner.failed(this);
    else if (why === 'ended') this.#noteEnd();
  }

  /** The end waits its turn behind what waits, and is as late as any chunk. */
  #noteEnd(): void {
    this.#hasEnded = true;
    if (this.faults !== null && this.faults.latencies.length > 0) {
      this.#queue.push(lateEnd(this.faults.latencies, this.#options.runtime));
    }
    if (this.#queue.isEmpty) this.#end.begin(this.faults);
  }

  /** Under `blackhole`; its bytes stay where the kernel keeps them. */
  #isHeld(): boolean {
    const hasBytes = this.source.isReadable || !this.#queue.isEmpty;
    return areHolding(this.faults?.holds ?? [], hasBytes, this.#options.runtime.counters);
  }

  #countHeld(armed: ReadonlySet<string>): void {
    const waitingBytes = () => Math.max(0, askInt(this.source.fd, SIOCINQ)) + this.#queue.bytes;
    countHeld(this.faults?.holds ?? [], armed, { counters: this.#options.runtime.counters, waitingBytes });
  }

  #passEndOn(): void {
    if (!this.#options.owner.isLast(this)) libc.shutdown(this.sink.fd, SHUT_WR);
    this.#options.owner.finished();
  }
}
