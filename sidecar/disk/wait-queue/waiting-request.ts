/** A request that waits, and what for. */
import type { DiskDecision } from '../../../faults/decision.js';
import { type Hold, holdsOf } from './hold.js';
import type { KeptRequest } from './kept-request.js';
import { costOf } from './wait-bounds.js';
import type { ByteRange, WaitMessage } from './wait-port.js';

export interface WaitingRequest {
  /** `volume low high`: one request of the kernel. */
  readonly key: string;
  readonly volume: string;
  /** To be freed when it is answered. */
  readonly kept: KeptRequest;
  /** What it counts for among all that wait, in bytes. */
  readonly cost: number;
  /** What was decided when it came; of faults that have ended since, nothing is left when it is carried out. */
  decision: DiskDecision | null;
  readonly arrivedEpochMs: number;
  /** Whose, as the kernel tells; 0 for a process outside our pid namespace. */
  readonly pid: number;
  readonly inode: number;
  /** The range of a read or a write, whose pages the kernel has locked. */
  readonly range: ByteRange | null;
  /** Is it a read into the page cache? It reads beneath only when it goes on, and no page shows anything until then. */
  readonly fillsPages: boolean;
  /** It goes on when there is none. */
  holds: readonly Hold[];
  /** Until its delays are over. */
  timer: NodeJS.Timeout | null;
}

export function waitingRequest(message: WaitMessage): WaitingRequest {
  const { volume, uniqueLow, uniqueHigh, kept, decision, arrivedEpochMs, pid, inode, range } = message;
  return {
    key: keyOf(volume, uniqueLow, uniqueHigh),
    volume,
    kept,
    cost: costOf(kept.bytes),
    decision,
    arrivedEpochMs,
    pid,
    inode,
    range,
    fillsPages: message.fillsPages,
    holds: decision ? holdsOf(decision) : [],
    timer: null,
  };
}

export const keyOf = (volume: string, low: number, high: number): string => `${volume} ${low} ${high}`;
