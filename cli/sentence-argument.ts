/** A sentence from the command line: its words may come one by one, or as one quoted argument. */
import type { Fault } from '../faults/fault.js';
import { parse } from '../faults/parse.js';
import { BadInput, badSentence } from './bad-input.js';

export const sentenceHelp =
  'a fault as one sentence; quote it where it has a * or ? that the shell would take for its own';

export interface GivenSentence {
  readonly text: string;
  readonly fault: Fault;
}

/** Throws `BadInput` with every problem of the sentence. */
export function readSentence(words: readonly string[]): GivenSentence {
  const text = words.join(' ');
  const parsed = parse(text);
  if (parsed.kind === 'problems') throw new BadInput([badSentence('SENTENCE', text, parsed.problems)]);
  return { text, fault: parsed.fault };
}
