/** What is wrong with the command line: the user's, told all at once, before anything starts. Exit code 2. */
import type { SentenceProblem } from '../faults/way-out.js';

export interface InputProblem {
  /** `--disk`, `SENTENCE`: what it was given for. */
  readonly subject: string;
  /** One sentence without a full stop. */
  readonly message: string;
  /** Where the problem is in a sentence of the language of faults. */
  readonly sentence?: { readonly text: string; readonly problems: readonly SentenceProblem[] };
}

export class BadInput extends Error {
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super(problems.map(({ subject, message }) => `${subject}: ${message}`).join('; '));
    this.name = 'BadInput';
    this.problems = problems;
  }
}

export function badSentence(
  subject: string,
  text: string,
  problems: readonly SentenceProblem[],
): InputProblem {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return { subject, message: `the sentence has ${count}`, sentence: { text, problems } };
}
