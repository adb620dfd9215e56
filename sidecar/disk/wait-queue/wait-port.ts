/** The way from a reader thread to the wait queue in the main thread. */
import type { ErrorCode } from '../../../core/error-codes.js';
import type { DiskDecision } from '../../../faults/decision.js';
import type { Range } from '../kernel-cache.js';
import type { OutdatedPages } from '../outdated-pages.js';
import { fillsPageCache } from '../passthrough/kernel-use.js';
import type { Exchange } from '../wire/exchange.js';
import { opcode } from '../wire/opcodes.js';
import type { KeptRequest } from './kept-request.js';

export interface WaitPort {
  /**
   * Takes over a request, and its reply; false where there is no room for it: then it is to be carried out at once.
   * `startedMs` is on this process's monotonic clock.
   */
  wait(request: Exchange, decision: DiskDecision, startedMs: number): boolean;
  /** Takes over a sync that no reader is free for, also without room for it: those are few, and small. */
  waitForDisk(request: Exchange, decision: DiskDecision | null, startedMs: number): void;
  /** The kernel asks that a request be given up: its process got a signal. */
  interrupt(uniqueLow: number, uniqueHigh: number): void;
  /** Have the kernel forget pages of an inode, soon; null for all. */
  dropCache(inode: number, range: Range | null): void;
  /** Takes over the reply that lies in the exchange, to be sent when the kernel has forgotten pages. */
  answerAfterDrop(request: Exchange, outdated: OutdatedPages): void;
}

/** What a reader thread tells the main thread. */
export type ReaderMessage =
  | {
      readonly kind: 'wait';
      readonly volume: string;
      readonly uniqueLow: number;
      readonly uniqueHigh: number;
      readonly pid: number;
      readonly inode: number;
      /** Of a read or a write. */
      readonly range: ByteRange | null;
      readonly fillsPages: boolean;
      readonly kept: KeptRequest;
      readonly decision: DiskDecision | null;
      readonly arrivedEpochMs: number;
    }
  | {
      readonly kind: 'interrupt';
      readonly volume: string;
      readonly uniqueLow: number;
      readonly uniqueHigh: number;
    }
  | {
      readonly kind: 'drop-cache';
      readonly volume: string;
      readonly inode: number;
      readonly range: Range | null;
    }
  | {
      readonly kind: 'answer-after-drop';
      readonly volume: string;
      readonly inode: number;
      readonly outdated: OutdatedPages;
      readonly reply: Uint8Array;
    }
  | {
      readonly kind: 'crash';
      readonly volume: string;
      readonly code: ErrorCode;
      readonly message: string;
      readonly stack: string;
    }
  | { readonly kind: 'serving'; readonly volume: string }
  | { readonly kind: 'unmounted'; readonly volume: string };

/** Of a file. */
export interface ByteRange {
  readonly offset: number;
  readonly bytes: number;
}

export type WaitMessage = Extract<ReaderMessage, { kind: 'wait' }>;

export type WaitOptions = Pick<WaitMessage, 'volume' | 'kept' | 'decision' | 'arrivedEpochMs'>;

/** `kept` is a copy of the request. */
export function waitMessage(request: Exchange, options: WaitOptions): WaitMessage {
  const moves = request.opcode === opcode.READ || request.opcode === opcode.WRITE;
  return {
    kind: 'wait',
    uniqueLow: request.uniqueLow,
    uniqueHigh: request.uniqueHigh,
    pid: request.pid,
    inode: request.nodeid,
    range: moves ? { offset: request.u64(8), bytes: request.u32(16) } : null,
    fillsPages: request.opcode === opcode.READ && fillsPageCache(request),
    ...options,
  };
}
