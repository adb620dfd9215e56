/** The sentence under the tokenizer's head, and the problems of its characters. */
import type { Problem } from '../problem.js';

export interface Scanner {
  readonly sentence: string;
  at: number;
  readonly problems: Problem[];
}

/** What a sticky expression matches here, and its groups; '' when it does not. The head stays. */
export function matchAt(
  sticky: RegExp,
  { sentence, at }: Scanner,
): readonly [string, ...(string | undefined)[]] {
  sticky.lastIndex = at;
  const [whole = '', ...groups] = sticky.exec(sentence) ?? [];
  return [whole, ...groups];
}

export function report(
  { sentence, at, problems }: Scanner,
  problem: Omit<Problem, 'column' | 'found'>,
  start = at,
): void {
  problems.push({ ...problem, column: start + 1, found: sentence.slice(start, start + problem.length) });
}

/** What cannot be seen where it stands, or is not text: control and format characters, odd spaces, half pairs. */
export const invisible = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u;

/** `U+00A0`. */
export const codePointName = (character: string): string => `U+${hexOf(character).padStart(4, '0')}`;

export const hexOf = (character: string): string =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
