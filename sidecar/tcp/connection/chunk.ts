/** Bytes of one connection on their way: read from one end, not yet taken by the other. */
import type { CompiledTcpFault } from '../../../faults/compile-tcp.js';

export interface Chunk {
  /** What is still to be sent; shrinks from the front. */
  bytes: Uint8Array;
  /** When it may be sent, by the proxy's clock. */
  dueMs: number;
  readonly arrivedMs: number;
  /** Which faults make it late, and by how much each: one that ends takes its part with it. */
  readonly delays: readonly Delay[];
  /** Pieces of at most so many bytes; Infinity: as it is. */
  pieceBytes: number;
  /** TCP's urgent byte, which has to be sent as one. */
  readonly isUrgent: boolean;
  /** The memory it lies in, to be used again. */
  readonly buffer: Uint8Array | null;
}

export interface Delay {
  readonly fault: CompiledTcpFault;
  readonly ms: number;
}

/** What send(2) did not take at once, and nothing holds back. */
export const restOf = (bytes: Uint8Array, buffer: Uint8Array | null): Chunk => ({
  bytes,
  dueMs: 0,
  arrivedMs: 0,
  delays: [],
  pieceBytes: Number.POSITIVE_INFINITY,
  isUrgent: false,
  buffer,
});
