/** `tcp bandwidth SIZE/s [each]`: bytes wait for their turn, as `shaper.ts` gives it. */
import type { TcpEffectOf } from '../../../faults/fault.js';
import type { FlowRule } from './effect-rule.js';

export const bandwidth: FlowRule<TcpEffectOf<'bandwidth'>> = {
  on: 'flow',
  join: ({ bandwidths }, fault) => bandwidths.push(fault),
  ending: null,
};
