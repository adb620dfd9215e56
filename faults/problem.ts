/** What is wrong with a sentence: the user's mistake as data, with its place and the way out. */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence without a full stop. */
  readonly message: string;
  /** Where it starts, from 1, in UTF-16 units: `sentence.slice(column - 1, column - 1 + length)` is `found`. */
  readonly column: number;
  /** At least 1, so that a caret can be drawn; what is missing at the end stands one past it. */
  readonly length: number;
  /** What stands there; '' when something is missing. */
  readonly found: string;
  /** What could stand there, where that is a list. */
  readonly allowed?: readonly string[];
  /** The nearest correct text for what was found. */
  readonly nearest?: string;
}

/** Stable: programs switch on these. */
export type ProblemCode =
  | 'empty-sentence'
  | 'sentence-too-long'
  | 'bad-quote'
  | 'bad-escape'
  | 'invisible-character'
  | 'unknown-plane'
  | 'unknown-effect'
  | 'unknown-clause'
  | 'unknown-operation'
  | 'unknown-errno'
  | 'refused-errno'
  | 'unexpected-word'
  | 'missing-word'
  | 'bad-number'
  | 'no-unit'
  | 'unknown-unit'
  | 'out-of-range'
  | 'bad-time'
  | 'bad-name'
  | 'bad-glob'
  | 'bad-address'
  | 'host-bits'
  | 'empty-item'
  | 'space-in-list'
  | 'repeated-item'
  | 'repeated-clause'
  | 'contradiction'
  | 'wrong-plane'
  | 'wrong-effect'
  | 'out-of-reach';

/** A problem of one word, before its place in the sentence is known. */
export interface Flaw {
  readonly code: ProblemCode;
  readonly message: string;
  readonly allowed?: readonly string[];
  readonly nearest?: string;
}
