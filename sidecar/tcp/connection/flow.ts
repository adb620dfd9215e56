/**
 * One way of one connection.
 *
 *     nothing armed on it:  recv ─► send                in one go; what is not taken waits for room
 *     else:                 recv ─► quota ─► corrupt ─► delay ─► queue ─► shape, slice ─► send
 *
 * Bytes are never reordered, dropped or made up. While much waits nothing is read, so that the sender feels it.
 */
import { EAGAIN, EINTR } from '../../linux/errno.js';
import { askInt, MSG_NOSIGNAL, SHUT_WR, SIOCINQ } from '../../linux/inet-socket.js';
import { errno, libc } from '../../linux/libc.js';
import { countHeld, countHolding } from '../effects/blackhole.js';
import { withoutEnded } from '../effects/latency.js';
import { allowance } from '../effects/quota.js';
import { makeWhole } from '../effects/slice.js';
import { closeDelay } from '../effects/slow-close.js';
import { limits } from '../limits.js';
import type { Total } from '../tcp-counters.js';
import { restOf } from './chunk.js';
import type { ConnectionFault } from './connection-fault.js';
import type { ConnectionRuntime } from './connection-runtime.js';
import type { End, Way } from './end.js';
import type { FlowFaults } from './flow-faults.js';
import { FlowQueue } from './flow-queue.js';
import { type Intake, lateEnd, takeChunk } from './intake.js';
import { callOff, type Timer } from './timers.js';

/** What a flow tells its connection. */
export interface FlowOwner {
  readonly intake: Intake;
  /** Has the other way ended already? Then the connection is closed, which says the end of this one too. */
  isLast(flow: Flow): boolean;
  /** All was sent, the end included. */
  finished(): void;
  reset(): void;
  /** One of the ends is gone. */
  failed(flow: Flow): void;
  /** So much has passed that this fault ends the connection. */
  bitten(verdict: ConnectionFault, flow: Flow): void;
}

export interface FlowOptions {
  readonly source: End;
  readonly sink: End;
  readonly owner: FlowOwner;
  readonly passage: ConnectionRuntime;
  readonly total: Total;
}

export class Flow implements Way {
  isScheduled = false;
  readonly source: End;
  readonly sink: End;
  faults: FlowFaults | null = null;
  /** No more is read: the source has ended, or a fault lets no more pass. */
  private hasEnded = false;
  private bite: ConnectionFault | null = null;
  private isOpen = false;
  private isFinished = false;
  private isClosed = false;
  private endTimer: Timer | null = null;
  private readonly queue: FlowQueue;

  constructor(private readonly options: FlowOptions) {
    this.source = options.source;
    this.sink = options.sink;
    this.queue = new FlowQueue(options.passage, this);
  }

  get isDone(): boolean {
    return this.isFinished;
  }

  /** Both ends are there. */
  open(): void {
    this.isOpen = true;
    this.options.passage.schedule(this);
  }

  /** After an error of ours nobody knows which bytes have gone: the connection is reset rather than sewn together. */
  run(): void {
    try {
      this.goOn();
    } catch (error) {
      this.options.owner.reset();
      this.options.passage.crash(error);
    }
  }

  /** From now on these; what waits for a fault that has ended goes on. */
  meet(faults: FlowFaults | null, armed: ReadonlySet<string>): void {
    this.countHeld(armed);
    this.faults = faults;
    this.queue.reconsider((chunks) => {
      withoutEnded(chunks, armed);
      if ((faults?.slices.length ?? 0) === 0) makeWhole(chunks);
    });
    if (this.endTimer?.run && (faults?.slowCloses.length ?? 0) === 0) this.end();
    this.options.passage.schedule(this);
  }

  /** Until its connection is reset: what is still to come, an end too, must not be passed on before that. */
  halt(): void {
    this.isOpen = false;
  }

  /** Reads nothing any more, and ends once what it has is sent. */
  stopReading(): void {
    this.hasEnded = true;
    this.options.passage.schedule(this);
  }

  /** Under a `blackhole` that closes: what it holds goes nowhere, and the other side sees the end. */
  cutOff(): void {
    if ((this.faults?.holds.length ?? 0) === 0) this.stopReading();
    else if (!this.isFinished) {
      this.countHeld(new Set());
      this.queue.close();
      this.hasEnded = true;
      this.end();
    }
  }

  close(): void {
    this.isClosed = true;
    callOff(this.endTimer);
    this.queue.close();
  }

  private goOn(): void {
    if (!this.isOpen || this.isClosed) return;
    if (this.isFinished) {
      // Its source has ended and cannot be read any more, but it can still be gone.
      if (this.source.hasFailed) this.options.owner.failed(this);
      return;
    }
    if (this.faults === null && this.queue.isEmpty && !this.source.hasUrgent) this.forward();
    else this.advance();
  }

  /** Straight through the one buffer. */
  private forward(): void {
    for (let reads = 0; this.source.isReadable && !this.hasEnded; reads++) {
      if (reads === limits.readsInTurn) {
        this.options.passage.schedule(this);
        return;
      }
      if (!this.forwardOnce()) return;
    }
    if (this.hasEnded) this.finish();
  }

  /** False: not now. */
  private forwardOnce(): boolean {
    const { source, sink, options } = this;
    const { buffers, counters } = options.passage;
    const { speech } = options.owner.intake;
    const size = buffers.readBytes;
    const read = libc.recv(source.fd, buffers.address, size, 0);
    if (read <= 0) {
      this.noteNothing(read);
      return false;
    }
    if (read < size && !source.hasEnded) source.isReadable = false;
    counters.add(options.total, read);
    if (!speech.isKnown) speech.hear(buffers.view(0, read), source);
    const sent = libc.send(sink.fd, buffers.address, read, MSG_NOSIGNAL);
    if (sent === read) return true;
    const why = sent < 0 ? errno() : EAGAIN;
    if (why !== EAGAIN && why !== EINTR) options.owner.failed(this);
    else this.keepRest(Math.max(0, sent), read);
    if (why === EINTR) options.passage.schedule(this);
    else sink.isWritable = false;
    return false;
  }

  private keepRest(from: number, to: number): void {
    const { bytes, buffer } = this.options.passage.buffers.keep(from, to);
    this.queue.push(restOf(bytes, buffer));
  }

  /** The long way, for what faults look at, and for what waits. */
  private advance(): void {
    for (let turns = 0; turns < limits.readsInTurn; turns++) {
      if (this.isHeld()) return;
      const hasTaken = this.take();
      if (this.isClosed || this.isFinished) return;
      const delivery = this.queue.deliver(this.sink, this.faults);
      if (delivery !== 'waiting' && this.isOver(delivery)) return;
      // What was not taken for want of room is taken once there is some.
      const mayTakeMore = delivery === 'empty' && this.source.isReadable;
      if (!hasTaken && !mayTakeMore) return;
    }
    this.options.passage.schedule(this);
  }

  /** Was that the last of it? */
  private isOver(delivery: 'empty' | 'failed'): boolean {
    const { owner } = this.options;
    if (delivery === 'failed') owner.failed(this);
    else if (this.bite) this.tellBite(this.bite);
    else if (this.hasEnded) this.finish();
    else return false;
    return true;
  }

  private tellBite(bite: ConnectionFault): void {
    this.bite = null;
    this.options.owner.bitten(bite, this);
  }

  /** Reads what there is, as far as there is room. Was there anything? */
  private take(): boolean {
    const { source, options } = this;
    if (!source.isReadable || this.hasEnded || this.queue.bytes >= this.room) return false;
    const quota = allowance(this.faults?.quotas ?? []);
    if (quota <= 0) return false;
    const taken = takeChunk(source, { faults: this.faults, quota, intake: options.owner.intake });
    if (taken.kind === 'nothing') {
      this.noteNothing(taken.result);
      return false;
    }
    options.passage.counters.add(options.total, taken.chunk.bytes.length);
    this.queue.push(taken.chunk);
    this.bite = taken.bitten;
    if (this.bite) this.hasEnded = true;
    return true;
  }

  private get room(): number {
    const isNarrow = this.faults === null || this.options.passage.buffers.isCrowded;
    return isNarrow ? 1 : limits.flowBytes;
  }

  /** What recv(2) had no bytes for. */
  private noteNothing(result: number): void {
    const why = result < 0 ? errno() : 0;
    if (why === EINTR) this.options.passage.schedule(this);
    else if (why === EAGAIN) this.source.isReadable = false;
    else if (why !== 0) this.options.owner.failed(this);
    else this.noteEnd();
  }

  /** The end waits its turn behind what waits, and is as late as any chunk. */
  private noteEnd(): void {
    this.hasEnded = true;
    if (this.faults !== null && this.faults.latencies.length > 0) {
      this.queue.push(lateEnd(this.faults.latencies, this.options.passage));
    }
    if (this.queue.isEmpty) this.finish();
  }

  /** Under `blackhole`; its bytes stay where the kernel keeps them. */
  private isHeld(): boolean {
    const holds = this.faults?.holds ?? [];
    if (holds.length === 0) return false;
    if (this.source.isReadable || !this.queue.isEmpty) countHolding(holds, this.options.passage.counters);
    return true;
  }

  /** What waited in the kernel when a `blackhole` ended was what it held. */
  private countHeld(armed: ReadonlySet<string>): void {
    const ended = this.faults?.holds.filter(({ fault }) => !armed.has(fault.key)) ?? [];
    if (ended.length === 0) return;
    const waiting = Math.max(0, askInt(this.source.fd, SIOCINQ)) + this.queue.bytes;
    countHeld(ended, waiting, this.options.passage.counters);
  }

  private finish(): void {
    if (this.isFinished || this.endTimer?.run) return;
    const { timers, counters, nowMs } = this.options.passage;
    const delayMs = closeDelay(this.faults?.slowCloses ?? [], counters);
    if (delayMs === 0) this.end();
    else this.endTimer = timers.at(nowMs() + delayMs, () => this.end());
  }

  private end(): void {
    callOff(this.endTimer);
    this.isFinished = true;
    if (!this.options.owner.isLast(this)) libc.shutdown(this.sink.fd, SHUT_WR);
    this.options.owner.finished();
  }
}
