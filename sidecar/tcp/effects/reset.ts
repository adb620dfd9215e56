/** `tcp reset [after SIZE|D]`: a connection is reset on both sides, to the byte or at its time. */
import type { TcpEffectOf } from '../../../faults/fault.js';
import type { FlowRule } from './effect-rule.js';

export const reset: FlowRule<TcpEffectOf<'reset'>> = {
  on: 'flow',
  join: ({ quotas }, fault) => quotas.push(fault),
  ending: {
    quotaOf: ({ afterBytes, afterMs }) => (afterMs > 0 ? Number.POSITIVE_INFINITY : afterBytes),
    lifeMsOf: ({ afterMs }) => (afterMs > 0 ? afterMs : null),
    how: 'reset',
  },
};
