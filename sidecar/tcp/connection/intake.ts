/** Reads one chunk of a connection on which a fault is armed, and decides what becomes of it. */
import { askInt, MSG_OOB, SIOCATMARK } from '../../linux/inet-socket.js';
import { libc } from '../../linux/libc.js';
import { corrupt } from '../effects/corrupt.js';
import { delaysOf, dueOf } from '../effects/latency.js';
import { spend } from '../effects/quota.js';
import { pieceOf } from '../effects/slice.js';
import { type Chunk, restOf } from './chunk.js';
import type { ConnectionFault } from './connection-fault.js';
import type { ConnectionRuntime } from './connection-runtime.js';
import type { End } from './end.js';
import type { FlowFaults } from './flow-faults.js';
import type { TlsDetector } from './tls-detector.js';

export interface Intake {
  readonly passage: ConnectionRuntime;
  /** Which connection this is, from 1. */
  readonly ordinal: number;
  readonly speech: TlsDetector;
}

export type Taken =
  | { readonly kind: 'chunk'; readonly chunk: Chunk; readonly bitten: ConnectionFault | null }
  /** recv(2) gave no bytes: 0 at the end, else `errno()` says why. */
  | { readonly kind: 'nothing'; readonly result: number };

export interface Circumstances {
  readonly faults: FlowFaults | null;
  /** How much may still pass, at least 1. */
  readonly quota: number;
  readonly intake: Intake;
}

export function takeChunk(source: End, circumstances: Circumstances): Taken {
  const { faults, quota, intake } = circumstances;
  const { buffers } = intake.passage;
  const isUrgent = source.hasUrgent && takeUrgent(source, buffers.address);
  const size = isUrgent ? 1 : Math.min(buffers.readBytes, quota);
  const read = isUrgent ? 1 : libc.recv(source.fd, buffers.address, size, 0);
  if (read <= 0) return { kind: 'nothing', result: read };
  if (read < size && !source.hasEnded && !source.hasUrgent) source.isReadable = false;
  const chunk = judged(read, { ...circumstances, source, isUrgent });
  return { kind: 'chunk', chunk, bitten: faults === null ? null : spend(faults.quotas, read) };
}

interface Arrival extends Circumstances {
  readonly source: End;
  readonly isUrgent: boolean;
}

function judged(read: number, { source, isUrgent, faults, intake }: Arrival): Chunk {
  const { passage, ordinal, speech } = intake;
  const { buffers, counters } = passage;
  const { bytes, buffer } = buffers.keep(0, read);
  const arrivedMs = passage.nowMs();
  speech.hear(bytes, source);
  const chunk = { bytes, buffer, arrivedMs, isUrgent };
  if (faults === null) return { ...chunk, delays: [], dueMs: 0, pieceBytes: Number.POSITIVE_INFINITY };
  for (const { fault, outcome } of faults.all) {
    counters.count(fault.slot, 'bytes', outcome === 'spared' ? 'exempted' : 'matched', read);
  }
  corrupt(faults.flips, { bytes, isTls: speech.isTls, ordinal }, counters);
  const delays = delaysOf(faults.latencies, read, counters);
  const pieceBytes = pieceOf(faults.slices, read, counters);
  return { ...chunk, delays, dueMs: dueOf(arrivedMs, delays), pieceBytes };
}

/** A chunk without a byte, due when one that came now would be. */
export function lateEnd(latencies: FlowFaults['latencies'], { counters, nowMs }: ConnectionRuntime): Chunk {
  const arrivedMs = nowMs();
  const delays = delaysOf(latencies, 0, counters);
  return { ...restOf(new Uint8Array(0), null), arrivedMs, delays, dueMs: dueOf(arrivedMs, delays) };
}

/** Reads the urgent byte into `address` when it is next: what came before it was read. */
function takeUrgent(source: End, address: number): boolean {
  if (askInt(source.fd, SIOCATMARK) !== 1) return false;
  source.hasUrgent = false;
  return libc.recv(source.fd, address, 1, MSG_OOB) === 1;
}
