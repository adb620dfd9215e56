/** How many bytes of requests may wait, of the memory that there is. */
import { limits } from '../limits.js';

export interface WaitBounds {
  /** Of requests in the queue; past it the one that waits longest is let through. */
  readonly queueBytes: number;
  /** Of requests on their way to it; past it a request does not wait at all. */
  readonly transitBytes: number;
}

/** `limitBytes` is what all processes beside us may use together, or null where nothing bounds it. */
export function waitBounds(limitBytes: number | null): WaitBounds {
  const given = limitBytes === null ? limits.waitingBytes : limitBytes * limits.waitingShare;
  const queueBytes = Math.max(limits.leastWaitingBytes, Math.min(limits.waitingBytes, given));
  return { queueBytes, transitBytes: queueBytes / 4 };
}

/** What a waiting request takes: its bytes, and what is noted of it. */
export const costOf = (bytes: number): number => bytes + limits.noteBytes;
