/**
 * What the dice say of a connection or of a chunk of what it carries. Each is one match of the fault, counted by
 * the tally; the same seed and order give the same answers.
 */
import type { CompiledTcpFault } from './compile-tcp.js';
import { roll } from './dice.js';
import type { Tally } from './tally.js';
import { fires } from './trigger.js';

/** Where latency adds to a chunk: null when the dice let it be. */
export function decideDelay(fault: CompiledTcpFault, tally: Pick<Tally, 'matched'>): number | null {
  const { effect, seed, slot } = fault;
  if (effect.kind !== 'latency') return null;
  const ordinal = tally.matched(slot);
  if (!fires(fault, ordinal)) return null;
  const swing = effect.jitterMs * (2 * roll(seed, ordinal, 'jitter') - 1);
  return Math.max(0, effect.delayMs + swing);
}

/** Is this match one that the fault hits? */
export const decideHit = (fault: CompiledTcpFault, tally: Pick<Tally, 'matched'>): boolean =>
  fires(fault, tally.matched(fault.slot));
