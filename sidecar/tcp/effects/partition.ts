/** `tcp partition`: the kernel drops packets, of open connections too. */
import type { TcpEffectOf } from '../../../faults/fault.js';
import type { PacketRule } from './effect-rule.js';

export const partition: PacketRule<TcpEffectOf<'partition'>> = {
  on: 'packets',
  statement: 'drop',
  isForKernel: () => true,
  chanceOf: (_, { chance }) => chance,
  instead: 'blackhole',
};
