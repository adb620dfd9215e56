/** `tcp reset after SIZE` and `tcp limit SIZE`: so much passes, to the byte, and then the connection ends. */
import type { ConnectionFault } from '../connection/connection-fault.js';

/** How much may still be read before the first of them ends the connection. */
export function allowance(quotas: readonly ConnectionFault[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { leftBytes } of quotas) least = Math.min(least, leftBytes);
  return least;
}

/** The one that is reached now that so much was read; null: none is. */
export function spend(quotas: readonly ConnectionFault[], bytes: number): ConnectionFault | null {
  let reached: ConnectionFault | null = null;
  for (const quota of quotas) {
    quota.leftBytes -= bytes;
    if (quota.leftBytes <= 0) reached ??= quota;
  }
  return reached;
}
