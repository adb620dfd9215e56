/** A problem in one line: what is wrong, and what to write instead. */
import { printable } from '../core/printable.js';
import type { Problem } from './problem.js';

/** A problem of the sentence, whoever found it: the parser, or the sidecar's planes. */
export type SentenceProblem = Omit<Problem, 'code'> & { readonly code: string };

export function wayOut({
  message,
  nearest,
  allowed,
}: Pick<SentenceProblem, 'message' | 'nearest' | 'allowed'>): string {
  const said = printable(message);
  if (nearest !== undefined) return `${said}; did you mean ${JSON.stringify(printable(nearest))}?`;
  if (allowed === undefined || allowed.length === 0) return said;
  return `${said} ${listOf(allowed)}`;
}

const mostListed = 12;

function listOf(allowed: readonly string[]): string {
  const shown = allowed.slice(0, mostListed).map(printable).join(', ');
  const rest = allowed.length - mostListed;
  return `(one of ${shown}${rest > 0 ? ` and ${rest} more` : ''})`;
}
