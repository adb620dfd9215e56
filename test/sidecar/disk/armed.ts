/** Faults that are armed now and for long, for sessions whose clock is the system's. */
import type { ArmedFaults } from '../../../faults/armed-faults.js';
import { armedFaultsOf } from '../../faults/armed-faults-of.js';

/** One fault a sentence, in slots 0, 1, 2... */
export function armed(...sentences: readonly string[]): ArmedFaults {
  const armed = armedFaultsOf(...sentences);
  if (armed.faults.length !== sentences.length)
    throw new Error(`not a sentence among: ${sentences.join('; ')}`);
  return { ...armed, faults: armed.faults.map((fault) => ({ ...fault, endsMs: Date.now() + 600_000 })) };
}
