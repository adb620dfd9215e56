/**
 * When a fault ends. `until` is a wall time. `for`, and the default, is a span from when the name was first seen
 * with its sentence: it ends when either clock says so, so a step of the wall clock may end a fault early, and
 * never late.
 */

import type { Clock } from '../../core/clock.js';
import type { Deadline } from '../../faults/fault.js';
import { limits } from '../../faults/limits.js';

export interface End {
  /** Milliseconds of the Unix epoch. */
  readonly endsMs: number;
  /** On the monotonic clock of this process; Infinity where the wall clock alone counts. */
  readonly monotonicEndMs: number;
}

export function endOf(deadline: Deadline, startedMs: number, clock: Clock): End {
  if (deadline.kind === 'until')
    return { endsMs: deadline.epochMs, monotonicEndMs: Number.POSITIVE_INFINITY };
  const spanMs = deadline.kind === 'for' ? deadline.ms : limits.defaultDeadlineMs;
  // A start in the future, after a restart on a clock that was set back, gets no more than the whole span.
  const endsMs = Math.min(startedMs, clock.wallMs()) + spanMs;
  return { endsMs, monotonicEndMs: clock.monotonicMs() + (endsMs - clock.wallMs()) };
}

export function hasEnded(end: End, clock: Clock): boolean {
  return clock.wallMs() >= end.endsMs || clock.monotonicMs() >= end.monotonicEndMs;
}

/** 0 and more. */
export function remainingMs(end: End, clock: Clock): number {
  return Math.max(0, Math.min(end.endsMs - clock.wallMs(), end.monotonicEndMs - clock.monotonicMs()));
}
