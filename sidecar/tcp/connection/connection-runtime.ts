/** What all connections of the proxy's thread share. */

import type { TcpCounters } from '../tcp-counters.js';
import type { Buffers } from './buffers.js';
import type { Way } from './end.js';
import type { Timers } from './timers.js';

export interface ConnectionRuntime {
  readonly buffers: Buffers;
  readonly timers: Timers;
  readonly counters: TcpCounters;
  /** Milliseconds that no clock step moves. */
  readonly nowMs: () => number;
  /** Runs it later in this turn, or in the next. */
  schedule(way: Way): void;
  /** An error of ours: nothing is faulted any more. */
  crash(error: unknown): void;
  /** Ends a descriptor once nothing can mean its number any more. */
  closeLater(fd: number): void;
}
