/** `tcp limit SIZE`: so much passes, to the byte, and then the connection ends in order on both sides. */
import type { TcpEffectOf } from '../../../faults/fault.js';
import type { FlowRule } from './effect-rule.js';

export const limit: FlowRule<TcpEffectOf<'limit'>> = {
  on: 'flow',
  join: ({ quotas }, fault) => quotas.push(fault),
  ending: { quotaOf: ({ bytes }) => bytes, lifeMsOf: () => null, how: 'delivered' },
};
