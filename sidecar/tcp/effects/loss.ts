/** `tcp loss P`: the kernel drops packets, each with probability P. */
import type { TcpEffectOf } from '../../../faults/fault.js';
import type { PacketRule } from './effect-rule.js';

export const loss: PacketRule<TcpEffectOf<'loss'>> = {
  on: 'packets',
  statement: 'drop',
  isForKernel: () => true,
  chanceOf: ({ chance }) => chance,
  instead: 'latency or slice',
};
