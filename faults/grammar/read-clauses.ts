/** Reads the clauses behind an effect, in whatever order they stand. */
import type { ClauseName, ClauseValues } from './clause-grammar.js';
import { clauseNames, clauses, isClauseName } from './clauses.js';
import { factsOf, type Head } from './read-head.js';
import { clauseFor, clauseNear, skipToClause } from './stray-words.js';
import { suggest } from './syntax.js';
import type { Word } from './word.js';
import type { WordReader } from './word-reader.js';

export type ReadClauses = { readonly [K in ClauseName]?: ClauseValues[K] };

export function readClauses(words: WordReader, head: Head): ReadClauses {
  const values: Writable = {};
  const said = new Set<ClauseName>();
  for (let word = words.next(); word !== null; word = words.next()) {
    const name = clauseMeant(words, word, head);
    if (name === null) continue;
    judge(words, word, { name, head, said });
    said.add(name);
    readValue(words, name, { head, values });
  }
  return values;
}

type Writable = { -readonly [K in ClauseName]?: ClauseValues[K] };

function readValue<K extends ClauseName>(
  words: WordReader,
  name: K,
  into: { head: Head; values: Writable },
): void {
  const { head, values } = into;
  const value = clauses[name].read(words, head.plane === 'disk' ? head.effect : null);
  if (value !== null) values[name] = value;
}

/** What the word says; else it is reported, and what it most likely means is read on. */
function clauseMeant(words: WordReader, word: Word, head: Head): ClauseName | null {
  if (!word.quoted && isClauseName(word.text)) return word.text;
  const allowed = clausesOf(head);
  const lacking = word.quoted ? undefined : clauseFor(word, allowed);
  if (lacking !== undefined) {
    const message = `expected a clause; "${word.text}" would be the value of one`;
    words.report(word, { code: 'unexpected-word', message, allowed, nearest: `${lacking} ${word.text}` });
    return null;
  }
  const near = clauseNear(word, allowed) ?? null;
  const message = `"${word.text}" is not a clause`;
  words.report(word, { code: 'unknown-clause', message, allowed, ...suggest(near ?? undefined) });
  if (near === null) skipToClause(words);
  return near;
}

/** Those that fit the plane and the effect. */
function clausesOf(head: Head): readonly ClauseName[] {
  const { plane } = head;
  return clauseNames.filter((clause) => {
    const entry = clauses[clause];
    const isOfPlane = plane === null || entry.plane === undefined || entry.plane === plane;
    return isOfPlane && misfitOf(clause, head) === null;
  });
}

function misfitOf(clause: ClauseName, head: Head): string | null {
  const effect = factsOf(head);
  return effect === null ? null : (clauses[clause].misfit?.(effect) ?? null);
}

interface Said {
  readonly name: ClauseName;
  readonly head: Head;
  readonly said: ReadonlySet<ClauseName>;
}

/** May this clause stand here, beside the plane, the effect and the clauses before it? */
function judge(words: WordReader, word: Word, { name, head, said }: Said): void {
  const { plane, excludes = [] } = clauses[name];
  const reason = misfitOf(name, head);
  const opposed = excludes.find((other) => said.has(other));
  if (plane !== undefined && head.plane !== null && plane !== head.plane) {
    const message = `${name} is a clause of ${plane}, and this is a sentence of ${head.plane}`;
    words.report(word, { code: 'wrong-plane', message, allowed: clausesOf(head) });
  } else if (reason !== null)
    words.report(word, { code: 'wrong-effect', message: reason, allowed: clausesOf(head) });
  if (said.has(name)) words.report(word, { code: 'repeated-clause', message: `${name} is said twice` });
  if (opposed !== undefined) {
    words.report(word, {
      code: 'contradiction',
      message: `${name} contradicts ${opposed}: one of them is enough`,
    });
  }
}
