/**
 * What the dice say of a connection or of a chunk of what it carries. Each is one match of the fault, counted by
 * the tally; the same seed and order give the same answers.
 */
import type { CompiledTcpFault } from './compile-tcp.js';
import { delayOf } from './delay.js';
import type { TcpEffectOf } from './fault.js';
import type { Tally } from './tally.js';
import { fires } from './trigger.js';

/** What latency adds to a chunk, in milliseconds; null when the dice let it be. */
export function decideDelay(
  fault: CompiledTcpFault<TcpEffectOf<'latency'>>,
  tally: Pick<Tally, 'matched'>,
): number | null {
  const { effect, seed, slot } = fault;
  const ordinal = tally.matched(slot);
  return fires(fault, ordinal) ? delayOf(effect, seed, ordinal) : null;
}

/** Is this match one that the fault hits? */
export const decideHit = (fault: CompiledTcpFault, tally: Pick<Tally, 'matched'>): boolean =>
  fires(fault, tally.matched(fault.slot));
