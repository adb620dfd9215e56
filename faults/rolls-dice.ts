/** What of a fault depends on chance, and whether we roll for it. */
import type { Fault } from './fault.js';
import { diskGrammarOf } from './grammar/disk-effects.js';
import type { EffectDice } from './grammar/effect-grammar.js';
import { isOfPackets, tcpGrammarOf } from './grammar/tcp-effects.js';

/** The kernel rolls for packets. */
export function rollsDice(fault: Fault): boolean {
  const { effect, trigger } = fault;
  if (isOfPackets(effect.kind) || trigger.chance <= 0) return false;
  return trigger.chance < 1 || decides[diceOf(fault)](effect);
}

export const diceOf = (fault: Fault): EffectDice =>
  (fault.plane === 'disk' ? diskGrammarOf(fault.effect) : tcpGrammarOf(fault.effect)).dice;

/** Do they decide anything, with the amounts of this effect? */
const decides: Readonly<Record<EffectDice, (effect: Fault['effect']) => boolean>> = {
  nothing: () => false,
  jitter: (effect) => 'jitterMs' in effect && effect.jitterMs > 0,
  bits: () => true,
  chance: () => true,
};
