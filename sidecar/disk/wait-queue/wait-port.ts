/** The way from a reader thread to the wait queue in the main thread. */
import type { DiskDecision } from '../../../faults/decision.js';
import type { Exchange } from '../wire/exchange.js';

export interface WaitPort {
  /** Takes over a request, and its reply. `startedMs` is on this process's monotonic clock. */
  wait(x: Exchange, decision: DiskDecision | null, startedMs: number): void;
  /** The kernel asks that a request be given up: its process got a signal. */
  interrupt(uniqueLow: number, uniqueHigh: number): void;
  /** Have the kernel forget the pages of an inode, soon. */
  dropCache(inode: number): void;
}

/** What a reader thread tells the main thread. */
export type ReaderMessage =
  | {
      readonly kind: 'wait';
      readonly volume: string;
      readonly request: Uint8Array;
      readonly decision: DiskDecision | null;
      readonly arrivedEpochMs: number;
    }
  | {
      readonly kind: 'interrupt';
      readonly volume: string;
      readonly uniqueLow: number;
      readonly uniqueHigh: number;
    }
  | { readonly kind: 'drop-cache'; readonly volume: string; readonly inode: number }
  | {
      readonly kind: 'crash';
      readonly volume: string;
      readonly code: string;
      readonly message: string;
      readonly stack: string;
    }
  | { readonly kind: 'serving'; readonly volume: string }
  | { readonly kind: 'unmounted'; readonly volume: string };

export type WaitMessage = Extract<ReaderMessage, { kind: 'wait' }>;
