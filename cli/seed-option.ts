/** `--seed`: what every roll of the dice follows from. */
import { limits } from '../faults/limits.js';
import type { InputProblem } from './bad-input.js';

/** Null where none is given, or a wrong one, which is added to `problems`. */
export function readSeed(option: string | undefined, problems: InputProblem[]): number | null {
  if (option === undefined) return null;
  const seed = Number(option);
  if (/^\d{1,10}$/.test(option) && seed <= limits.seed) return seed;
  problems.push({ subject: `--seed ${option}`, message: `expected a whole number from 0 to ${limits.seed}` });
  return null;
}
