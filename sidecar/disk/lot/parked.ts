/** A request that waits, and what for. */
import type { DiskDecision } from '../../../faults/decision.js';

export interface Parked {
  /** `volume low high`: one request of the kernel. */
  readonly key: string;
  readonly volume: string;
  readonly request: Uint8Array;
  decision: DiskDecision | null;
  readonly arrivedEpochMs: number;
  /** Whose, as the kernel tells; 0 for a process outside our pid namespace. */
  readonly pid: number;
  readonly inode: number;
  /** The range of a read or a write, whose pages the kernel has locked. */
  readonly range: { readonly offset: number; readonly bytes: number } | null;
  /** Slots of the throttles whose tokens it still needs. */
  readonly tokens: Set<number>;
  timer: NodeJS.Timeout | null;
  delayed: boolean;
  frozen: boolean;
}

export const isDue = (entry: Parked): boolean => !entry.delayed && !entry.frozen && entry.tokens.size === 0;
