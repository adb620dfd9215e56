/** `tcp reset after SIZE` and `tcp limit SIZE`: so much passes, to the byte, and then the connection ends. */
import type { ConnectionFault } from '../connection/connection-fault.js';

/** How much may still be read before the first of them bites. */
export function allowance(quotas: readonly ConnectionFault[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { leftBytes } of quotas) least = Math.min(least, leftBytes);
  return least;
}

/** The one that bites now that so much was read; null: none does. */
export function spend(quotas: readonly ConnectionFault[], bytes: number): ConnectionFault | null {
  let bitten: ConnectionFault | null = null;
  for (const verdict of quotas) {
    verdict.leftBytes -= bytes;
    if (verdict.leftBytes <= 0) bitten ??= verdict;
  }
  return bitten;
}
