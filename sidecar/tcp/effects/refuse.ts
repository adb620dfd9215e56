/**
 * `tcp refuse`: new connections are refused, as where nothing listens. By the kernel where it can count by itself and
 * sees them, else by the proxy, which has then accepted them and closes them with a reset.
 */
import type { TcpEffectOf } from '../../../faults/fault.js';
import type { OpeningRule } from './effect-rule.js';

export const refuse: OpeningRule<TcpEffectOf<'refuse'>> = {
  on: 'opening',
  statement: 'reject with tcp reset',
  isForKernel: ({ skip, first }) => skip === 0 && first === undefined,
  chanceOf: (_, { chance }) => chance,
};
