/** `disk freeze`: a request waits until the fault ends, and for nothing else. */
import type { Freeze } from '../../../faults/decision.js';
import type { Holding } from './holding.js';

export interface FreezeHold extends Freeze {
  readonly kind: 'freeze';
}

export const freezing: Holding<Freeze, FreezeHold> = {
  holdOf: ({ slot }) => ({ kind: 'freeze', slot }),
  holdsUp: () => true,
};
