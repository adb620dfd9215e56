/** Which of its matches a fault hits. */
import { roll } from './dice.js';
import type { Trigger } from './fault.js';

export interface Dice {
  readonly trigger: Trigger;
  readonly seed: number;
}

/** `ordinal` counts the matches from 1; 0 never fires. After `skip`, each `every`th, `first` of those, each by chance. */
export function fires({ trigger, seed }: Dice, ordinal: number): boolean {
  const { skip, every, first = Number.POSITIVE_INFINITY, chance } = trigger;
  const candidate = (ordinal - skip) / every;
  if (candidate < 1 || candidate > first || !Number.isInteger(candidate)) return false;
  return chance >= 1 || roll(seed, ordinal, 'chance') < chance;
}
