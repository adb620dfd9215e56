/** What to make of a word that stands where a clause is expected and starts none. */

import { nearest } from '../../core/nearest.js';
import type { ClauseName } from './clause-grammar.js';
import { clauseNames, clauses } from './clauses.js';
import type { Word } from './word.js';
import type { WordReader } from './word-reader.js';

/** The clause whose name is misspelled here. */
export function clauseNear(word: Word, names: readonly ClauseName[] = clauseNames): ClauseName | undefined {
  const near = nearest(word.text, names);
  return names.find((name) => name === near);
}

/** The clause that would take this word as its value: `5m` was meant as `for 5m`. */
export function clauseFor(word: Word, names: readonly ClauseName[]): ClauseName | undefined {
  return names.find((name) => clauses[name].stray?.test(word.text));
}

/** Reads over what belongs to a word that was not understood, up to where a clause starts or nearly does. */
export function skipToClause(words: WordReader): void {
  for (let word = words.peek(); words.hasValue() && word !== null; word = words.peek()) {
    if (!word.quoted && clauseNear(word) !== undefined) return;
    words.next();
  }
}
