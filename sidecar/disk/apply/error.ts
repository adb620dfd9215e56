/** `disk error EIO`, and `readonly` as EROFS: the request is refused before anything is done. */
import type { Refusal } from '../../../faults/decision.js';
import { errnos } from '../../../faults/errno.js';
import type { Counters } from '../state/counters.js';

/** A negated errno. */
export function refused(counters: Counters, { slot, errno }: Refusal): number {
  counters.injected(slot);
  return -errnos[errno].number;
}
