/** Which operations a disk fault reaches. */
import type { DiskEffect, DiskMatch } from './fault.js';
import { diskGrammarOf } from './grammar/disk-effects.js';
import { expand } from './grammar/verb-groups.js';
import { type DiskVerb, diskVerbs } from './operation.js';

/** What `on` says, as far as the effect can reach it; without `on`, what it usually reaches. In the order of `diskVerbs`. */
export function verbsOf(effect: DiskEffect, match: DiskMatch): readonly DiskVerb[] {
  const grammar = diskGrammarOf(effect);
  const said = new Set(match.on?.flatMap(expand) ?? grammar.usual(effect));
  const reach = new Set(grammar.reach(effect));
  const watched = new Set(grammar.watches);
  return diskVerbs.filter((verb) => (said.has(verb) && reach.has(verb)) || watched.has(verb));
}
