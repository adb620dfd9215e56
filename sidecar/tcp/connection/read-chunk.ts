/** Reads one chunk of a connection on which a fault is armed, and decides what becomes of it. */
import { EAGAIN, EINTR } from '../../linux/errno.js';
import { askInt, MSG_OOB, SIOCATMARK } from '../../linux/inet-socket.js';
import { errno, libc } from '../../linux/libc.js';
import { corrupt } from '../effects/corrupt.js';
import { delaysOf, dueOf } from '../effects/latency.js';
import { pieceOf } from '../effects/slice.js';
import { type Chunk, restOf } from './chunk.js';
import type { FlowFaults } from './flow-faults.js';
import type { ProxyRuntime } from './proxy-runtime.js';
import type { ProxySocket } from './proxy-socket.js';
import type { TlsDetector } from './tls-detector.js';

export interface ReadChunkOptions {
  readonly runtime: ProxyRuntime;
  readonly faults: FlowFaults | null;
  /** How much may still pass, at least 1. */
  readonly quotaBytes: number;
  /** Which connection this is, from 1. */
  readonly ordinal: number;
  readonly tls: TlsDetector;
}

export function readChunk(source: ProxySocket, options: ReadChunkOptions): Chunk | NothingRead {
  const { buffers } = options.runtime;
  const isUrgent = source.hasUrgent && takeUrgent(source, buffers.address);
  const size = isUrgent ? 1 : Math.min(buffers.readBytes, options.quotaBytes);
  const read = isUrgent ? 1 : libc.recv(source.fd, buffers.address, size, 0);
  if (read <= 0) return whyNothing(read, source);
  if (read < size && !source.hasEnded && !source.hasUrgent) source.isReadable = false;
  const { bytes, buffer } = buffers.keep(0, read);
  options.tls.inspect(bytes, source);
  return { bytes, buffer, isUrgent, ...faulted(bytes, options) };
}

/** What recv(2) had no bytes for; `later`: the socket says when there are some. */
export type NothingRead = 'ended' | 'interrupted' | 'later' | 'failed';

/** `result` is what recv(2) has just given, 0 or -1. */
export function whyNothing(result: number, source: ProxySocket): NothingRead {
  if (result === 0) return 'ended';
  const why = errno();
  if (why === EINTR) return 'interrupted';
  if (why !== EAGAIN) return 'failed';
  source.isReadable = false;
  return 'later';
}

/** A chunk without a byte, due when one that came now would be. */
export function lateEnd(latencies: FlowFaults['latencies'], { counters, nowMs }: ProxyRuntime): Chunk {
  const arrivedMs = nowMs();
  const delays = delaysOf(latencies, 0, counters);
  return { ...restOf(new Uint8Array(0), null), arrivedMs, delays, dueMs: dueOf(arrivedMs, delays) };
}

/** When and how it goes on; its bits are flipped here. */
function faulted(
  bytes: Uint8Array,
  { runtime, faults, ordinal, tls }: ReadChunkOptions,
): Pick<Chunk, 'arrivedMs' | 'delays' | 'dueMs' | 'pieceBytes'> {
  const { counters } = runtime;
  const arrivedMs = runtime.nowMs();
  if (faults === null) return { arrivedMs, delays: [], dueMs: 0, pieceBytes: Number.POSITIVE_INFINITY };
  const read = bytes.length;
  for (const { fault, outcome } of faults.all) {
    counters.count(fault.slot, 'bytes', outcome === 'spared' ? 'exempted' : 'matched', read);
  }
  corrupt(faults.flips, { bytes, isTls: tls.isTls, ordinal }, counters);
  const delays = delaysOf(faults.latencies, read, counters);
  return {
    arrivedMs,
    delays,
    dueMs: dueOf(arrivedMs, delays),
    pieceBytes: pieceOf(faults.slices, read, counters),
  };
}

/** Reads the urgent byte into `address` when it is next: what came before it was read. */
function takeUrgent(source: ProxySocket, address: number): boolean {
  if (askInt(source.fd, SIOCATMARK) !== 1) return false;
  source.hasUrgent = false;
  return libc.recv(source.fd, address, 1, MSG_OOB) === 1;
}
