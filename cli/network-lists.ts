/** Lists of ports and addresses as the network's options have them: `5432,8008`. Problems are added to `problems`. */
import { readAddress } from '../faults/values/address.js';
import type { InputProblem } from './bad-input.js';

export function readPorts(
  subject: string,
  list: string | undefined,
  problems: InputProblem[],
): readonly number[] {
  const words = list?.split(',') ?? [];
  for (const word of words) {
    if (isPort(word)) continue;
    problems.push({ subject: `${subject} ${list}`, message: `"${word}" is not a port of 1 to 65535` });
  }
  return [...new Set(words.filter(isPort).map(Number))];
}

/** One port; null where none is asked for. */
export function readPort(subject: string, word: string | undefined, problems: InputProblem[]): number | null {
  if (word === undefined) return null;
  if (isPort(word)) return Number(word);
  problems.push({ subject: `${subject} ${word}`, message: `"${word}" is not a port of 1 to 65535` });
  return null;
}

const isPort = (word: string): boolean => /^[1-9]\d{0,4}$/.test(word) && Number(word) <= 65_535;

export function readAddresses(list: string | undefined, problems: InputProblem[]): readonly string[] {
  const words = list?.split(',') ?? [];
  for (const word of words) {
    if (readAddress(word) === null)
      problems.push({ subject: `--node ${list}`, message: `"${word}" is not an address` });
  }
  return words;
}
