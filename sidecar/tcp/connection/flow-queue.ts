/** What was read in one direction of a connection and is still to be sent, in order. */
import { EAGAIN, EINTR } from '../../linux/errno.js';
import { MSG_NOSIGNAL, MSG_OOB } from '../../linux/inet-socket.js';
import { errno, libc } from '../../linux/libc.js';
import type { Waiter } from '../effects/shaper.js';
import { limits } from '../limits.js';
import type { Chunk } from './chunk.js';
import { countHitOnce } from './connection-fault.js';
import type { FlowFaults, Shaped } from './flow-faults.js';
import type { ProxyRuntime } from './proxy-runtime.js';
import type { ProxySocket } from './proxy-socket.js';
import { callOff, type Timer } from './timers.js';

export type Delivery =
  | 'empty'
  /** The other side takes no more, or a turn is waited for: whoever has something to say wakes the flow. */
  | 'waiting'
  /** The other side is gone. */
  | 'failed';

export class FlowQueue {
  #chunks: Chunk[] = [];
  /** Bytes of all chunks. */
  bytes = 0;
  #lastDueMs = 0;
  #nextPieceMs = 0;
  #timer: Timer | null = null;
  readonly #runtime: ProxyRuntime;
  readonly #waiter: Waiter;

  constructor(runtime: ProxyRuntime, waiter: Waiter) {
    this.#runtime = runtime;
    this.#waiter = waiter;
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  /** None is sent before the one it follows. */
  push(chunk: Chunk): void {
    chunk.dueMs = Math.max(chunk.dueMs, this.#lastDueMs);
    this.#lastDueMs = chunk.dueMs;
    this.#chunks.push(chunk);
    this.bytes += chunk.bytes.length;
  }

  /** Has every chunk's time computed again. */
  reconsider(change: (chunks: readonly Chunk[]) => void): void {
    change(this.#chunks);
    this.#lastDueMs = this.#chunks.at(-1)?.dueMs ?? 0;
    this.#nextPieceMs = 0;
  }

  deliver(sink: ProxySocket, faults: FlowFaults | null): Delivery {
    for (let chunk = this.#chunks[0]; chunk; chunk = this.#chunks[0]) {
      if (!sink.isWritable) return 'waiting';
      const nowMs = this.#runtime.nowMs();
      const isPiecewise = Number.isFinite(chunk.pieceBytes);
      const dueMs = isPiecewise ? Math.max(chunk.dueMs, this.#nextPieceMs) : chunk.dueMs;
      if (dueMs > nowMs) return this.#wait(dueMs);
      if (chunk.bytes.length === 0) {
        this.#chunks.shift();
        continue;
      }
      const size = this.#granted(chunk, faults?.shapers ?? []);
      if (size === 0) return 'waiting';
      const sent = this.#send(chunk, size, sink);
      if (sent < 0) return 'failed';
      for (const { shaper } of faults?.shapers ?? []) shaper.spend(sent);
      if (isPiecewise) this.#nextPieceMs = nowMs + limits.sliceGapMs;
    }
    return 'empty';
  }

  /** Forgets everything. */
  close(): void {
    callOff(this.#timer);
    for (const { buffer } of this.#chunks) this.#runtime.buffers.reuse(buffer);
    this.#runtime.buffers.release(this.bytes);
    this.#chunks = [];
    this.bytes = 0;
  }

  #wait(dueMs: number): 'waiting' {
    if (this.#timer?.run && this.#timer.dueMs === dueMs) return 'waiting';
    callOff(this.#timer);
    this.#timer = this.#runtime.timers.at(dueMs, () => this.#waiter.run());
    return 'waiting';
  }

  #granted({ bytes, pieceBytes }: Chunk, shapers: readonly Shaped[]): number {
    let size = Math.min(bytes.length, pieceBytes);
    for (const { fault, shaper } of shapers) {
      size = Math.min(size, shaper.grant(this.#waiter, size));
      if (size === 0) return 0;
      countHitOnce(fault, this.#runtime.counters);
      this.#runtime.counters.count(fault.fault.slot, 'bytes', 'injected', size);
    }
    return size;
  }

  /** How much went; 0 when there was no room, -1 when there is nobody. */
  #send(chunk: Chunk, size: number, sink: ProxySocket): number {
    const flags = chunk.isUrgent ? MSG_NOSIGNAL | MSG_OOB : MSG_NOSIGNAL;
    const sent = libc.sendBytes(sink.fd, chunk.bytes, size, flags);
    if (sent < 0) {
      if (errno() === EINTR) return 0;
      if (errno() !== EAGAIN) return -1;
      sink.isWritable = false;
      return 0;
    }
    if (sent < size) sink.isWritable = false;
    chunk.bytes = chunk.bytes.subarray(sent);
    this.bytes -= sent;
    this.#runtime.buffers.release(sent);
    if (chunk.bytes.length === 0) this.#runtime.buffers.reuse(this.#chunks.shift()?.buffer ?? null);
    return sent;
  }
}
