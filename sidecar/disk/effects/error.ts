/** `disk error EIO`, and `readonly` as EROFS: the request is refused before anything is done. */
import type { Refusal } from '../../../faults/decision.js';
import { errnos } from '../../../faults/errno.js';
import { fillsPageCache } from '../passthrough/kernel-use.js';
import { opcode } from '../wire/opcodes.js';
import type { Outcome } from './outcome.js';

/** By the first refusal that is left, with its negated errno. */
export function refuse(outcome: Outcome, carryOn: () => number): number {
  const [refusal] = outcome.decision.refusals;
  return refusal ? refused(outcome, refusal) : carryOn();
}

/** What the kernel reads ahead it asks for again. */
function refused({ volume, counters, request, decision }: Outcome, { slot, errno }: Refusal): number {
  counters.injected(slot);
  const { number } = errnos[errno];
  if (request.opcode === opcode.READ && fillsPageCache(request)) {
    volume.refusedReads.note(request.pageRange, decision.version, number);
  }
  return -number;
}
