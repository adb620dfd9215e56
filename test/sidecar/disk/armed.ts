/** Plans that are armed now and for long, for sessions whose clock is the system's. */
import type { ArmedFaults } from '../../../faults/armed-faults.js';
import { planOf } from '../../faults/plan-of.js';

/** One fault a sentence, in slots 0, 1, 2... */
export function armed(...sentences: readonly string[]): ArmedFaults {
  const plan = planOf(...sentences);
  if (plan.faults.length !== sentences.length)
    throw new Error(`not a sentence among: ${sentences.join('; ')}`);
  return { ...plan, faults: plan.faults.map((fault) => ({ ...fault, endsMs: Date.now() + 600_000 })) };
}
