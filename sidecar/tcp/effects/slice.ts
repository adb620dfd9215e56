/** `tcp slice SIZE`: data goes on in pieces, each sent by itself. */
import { decideHit } from '../../../faults/decide-tcp.js';
import type { TcpEffectOf } from '../../../faults/fault.js';
import type { Chunk } from '../connection/chunk.js';
import { countHitOnce, type FaultBy } from '../connection/connection-fault.js';
import type { TcpCounters } from '../tcp-counters.js';
import type { FlowRule } from './effect-rule.js';

export const slice: FlowRule<TcpEffectOf<'slice'>> = {
  on: 'flow',
  join: ({ slices }, fault) => slices.push(fault),
  ending: null,
};

/** The size of the pieces that a chunk goes in; Infinity: whole. */
export function pieceOf(slices: readonly FaultBy<'slice'>[], bytes: number, counters: TcpCounters): number {
  let piece = Number.POSITIVE_INFINITY;
  for (const met of slices) {
    const { fault } = met;
    if (!decideHit(fault, counters)) continue;
    piece = Math.min(piece, fault.effect.bytes);
    if (bytes <= fault.effect.bytes) continue;
    countHitOnce(met, counters);
    counters.injected(fault.slot);
    counters.count(fault.slot, 'bytes', 'injected', bytes);
  }
  return piece;
}

/** What was to go in pieces, and waits, goes as it is. */
export function makeWhole(queue: readonly Chunk[]): void {
  for (const chunk of queue) chunk.pieceBytes = Number.POSITIVE_INFINITY;
}
