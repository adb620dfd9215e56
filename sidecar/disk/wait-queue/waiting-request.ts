/** A request that waits, and what for. */
import type { DiskDecision } from '../../../faults/decision.js';
import { opcode } from '../wire/opcodes.js';
import { argument32, argument64, headerOf } from '../wire/request-bytes.js';
import { type Hold, holdsOf } from './hold.js';
import type { WaitMessage } from './wait-port.js';

export interface WaitingRequest {
  /** `volume low high`: one request of the kernel. */
  readonly key: string;
  readonly volume: string;
  readonly request: Uint8Array;
  /** What was decided when it came; of faults that have ended since, nothing is left when it is carried out. */
  decision: DiskDecision | null;
  readonly arrivedEpochMs: number;
  /** Whose, as the kernel tells; 0 for a process outside our pid namespace. */
  readonly pid: number;
  readonly inode: number;
  /** The range of a read or a write, whose pages the kernel has locked. */
  readonly range: { readonly offset: number; readonly bytes: number } | null;
  /** It goes on when there is none. */
  holds: readonly Hold[];
  /** Until its delays are over. */
  timer: NodeJS.Timeout | null;
}

export function waitingRequest({ volume, request, decision, arrivedEpochMs }: WaitMessage): WaitingRequest {
  const header = headerOf(request);
  const moves = header.opcode === opcode.READ || header.opcode === opcode.WRITE;
  return {
    key: keyOf(volume, header.uniqueLow, header.uniqueHigh),
    volume,
    request,
    decision,
    arrivedEpochMs,
    pid: header.pid,
    inode: header.nodeid,
    range: moves ? { offset: argument64(request, 8), bytes: argument32(request, 16) } : null,
    holds: decision ? holdsOf(decision) : [],
    timer: null,
  };
}

export const keyOf = (volume: string, low: number, high: number): string => `${volume} ${low} ${high}`;
