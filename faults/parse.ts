/**
 * A sentence into a fault, or into every problem that it has.
 *
 *     disk latency 200ms │ jitter 50ms │ on fsync │ in pg_wal/**
 *     └──── head ──────┘   └──────────── clauses ─────────────┘
 *
 * A flawed sentence makes no fault at all. What is misspelled is read on as its nearest word, so that the
 * rest is judged too, but only to find problems: nothing is ever guessed into a fault.
 */
import type { Fault } from './fault.js';
import { buildFault } from './grammar/build-fault.js';
import { clauseNames } from './grammar/clauses.js';
import { readClauses } from './grammar/read-clauses.js';
import { readHead } from './grammar/read-head.js';
import { tokenize } from './grammar/tokenizer.js';
import { beyondBytes } from './grammar/utf8-bound.js';
import { WordReader } from './grammar/word-reader.js';
import { limits } from './limits.js';
import type { Problem } from './problem.js';

export type Parsed =
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] };

/** Never throws, whatever the string. There is at least one problem, and they stand in the order of their columns. */
export function parse(sentence: string): Parsed {
  const beyond = beyondBytes(sentence, limits.sentenceBytes);
  if (beyond !== null) return tooLong(sentence, beyond);
  const tokens = tokenize(sentence);
  if (tokens.words.length === 0 && tokens.problems.length === 0) return empty(sentence);
  const words = new WordReader(sentence, tokens.words, starters);
  const head = readHead(words);
  const values = readClauses(words, head);
  const problems = [...tokens.problems, ...words.problems].sort((one, other) => one.column - other.column);
  const fault = problems.length === 0 ? buildFault(head, values) : null;
  return fault === null ? { kind: 'problems', problems } : { kind: 'fault', fault };
}

const starters: ReadonlySet<string> = new Set(clauseNames);

function empty(sentence: string): Parsed {
  const message = 'expected a sentence such as disk latency 200ms on fsync';
  const place = { column: sentence.length + 1, length: 1, found: '' };
  return {
    kind: 'problems',
    problems: [{ code: 'empty-sentence', message, ...place, allowed: ['disk', 'tcp'] }],
  };
}

/** Judged no further, so that the work is bounded. */
function tooLong(sentence: string, beyond: number): Parsed {
  const message = `a sentence has at most ${limits.sentenceBytes} bytes of UTF-8, which end here`;
  const place = { column: beyond + 1, length: 1, found: sentence.charAt(beyond) };
  return { kind: 'problems', problems: [{ code: 'sentence-too-long', message, ...place }] };
}
