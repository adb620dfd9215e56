/** Does anything of this fault depend on chance, rolled by us? The kernel rolls for packets. */
import type { Fault } from './fault.js';
import { isOfPackets } from './grammar/tcp-effects.js';

export function rollsDice({ effect, trigger: { chance } }: Fault): boolean {
  if (isOfPackets(effect.kind)) return false;
  if (chance <= 0) return false;
  return chance < 1 || effect.kind === 'corrupt' || (effect.kind === 'latency' && effect.jitterMs > 0);
}
