/**
 * Reads a glob: which paths below a volume a fault reaches.
 *
 *     base/{1,5}/[0-9]*   ─spell─►  base/1/[0-9]*   ─pathOf─►  text base · text 1 · set 0-9, star
 *                                   base/5/[0-9]*              text base · text 5 · set 0-9, star
 *
 * Strict, since a glob that is nearly right matches nothing and says nothing: whatever could not match any
 * path, or is likely meant otherwise, is a flaw.
 */
import { accepted, flawed, type Reading } from '../grammar/syntax.js';
import { spell } from './braces.js';
import { GlobFlaw } from './glob-flaw.js';
import type { GlobPath } from './glob-path.js';
import { pathOf } from './segments.js';

/** The paths that the glob spells, braces resolved; or the first flaw. */
export function parseGlob(glob: string): Reading<readonly GlobPath[]> {
  try {
    return accepted(spell(glob).map(pathOf));
  } catch (error) {
    if (error instanceof GlobFlaw)
      return flawed('bad-glob', error.message, glob.includes('{') ? {} : error.wayOut);
    throw error;
  }
}
