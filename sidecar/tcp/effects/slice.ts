/** `tcp slice SIZE`: data goes on in pieces, each sent by itself. */
import { decideHit } from '../../../faults/decide-tcp.js';
import type { Chunk } from '../connection/chunk.js';
import { type ConnectionFault, show } from '../connection/connection-fault.js';
import type { TcpCounters } from '../tcp-counters.js';

/** The size of the pieces that a chunk goes in; Infinity: whole. */
export function pieceOf(slices: readonly ConnectionFault[], bytes: number, counters: TcpCounters): number {
  let piece = Number.POSITIVE_INFINITY;
  for (const verdict of slices) {
    const { fault } = verdict;
    if (fault.effect.kind !== 'slice' || !decideHit(fault, counters)) continue;
    piece = Math.min(piece, fault.effect.bytes);
    if (bytes <= fault.effect.bytes) continue;
    show(verdict, counters);
    counters.injected(fault.slot);
    counters.count(fault.slot, 'bytes', 'injected', bytes);
  }
  return piece;
}

/** What was to go in pieces, and waits, goes as it is. */
export function makeWhole(queue: readonly Chunk[]): void {
  for (const chunk of queue) chunk.pieceBytes = Number.POSITIVE_INFINITY;
}
