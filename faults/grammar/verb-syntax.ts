/** One word after `on`: an operation or a group, which the effect must be able to reach. */

import { nearest } from '../../core/nearest.js';
import type { DiskEffect, VerbGroup } from '../fault.js';
import type { DiskVerb } from '../operation.js';
import { diskGrammarOf } from './disk-effects.js';
import { accepted, flawed, type Reading, type Syntax, suggest } from './syntax.js';
import { expand, isVerbWord, verbAliases, verbWords } from './verb-groups.js';

type VerbWord = DiskVerb | VerbGroup;

/** `effect` is null when it was not understood: then every operation will do. */
export const verb = (effect: DiskEffect | null): Syntax<VerbWord> => ({
  expected: 'an operation such as fsync, or a group such as read',
  read: (text) => readVerb(text, effect),
  write: String,
});

/** Can the effect reach what a person means by the word? */
export function reaches(effect: DiskEffect, word: VerbWord): boolean {
  const reach = diskGrammarOf(effect).reach(effect);
  return expand(word).some((member) => reach.includes(member) && (member === word || !isOfTwoGroups(member)));
}

/** It vouches for neither group: `readonly on read` would reach it, and nothing that anybody means by reading. */
const isOfTwoGroups = (member: DiskVerb): boolean => member === 'copy_file_range';

function readVerb(text: string, effect: DiskEffect | null): Reading<VerbWord> {
  if (!isVerbWord(text)) return unknown(text);
  if (effect === null || reaches(effect, text)) return accepted(text);
  const allowed = verbWords.filter((word) => reaches(effect, word));
  return flawed('out-of-reach', `${effect.kind} cannot reach ${text}`, { allowed, ...suggest(allowed[0]) });
}

function unknown(text: string): Reading<never> {
  const alias = verbAliases.get(text.toLowerCase());
  const message =
    alias === undefined ? `"${text}" is not an operation` : `a file system sees ${text} as ${alias}`;
  const wayOut = suggest(alias ?? nearest(text, verbWords));
  return flawed('unknown-operation', message, { allowed: verbWords, ...wayOut });
}
