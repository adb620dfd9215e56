/** Sets of characters: `[a-z0-9]`, `[!.]`. */
import { type Cursor, endOfSet } from './braces.js';
import { GlobFlaw } from './glob-flaw.js';
import type { CodePointRange, GlobPiece } from './glob-path.js';

/** Reads the set that opens at the cursor. */
export function setAt(cursor: Cursor): GlobPiece {
  const start = cursor.at;
  cursor.at = endOfSet(cursor.text, start);
  const inside = cursor.text.slice(start + 1, cursor.at - 1);
  const negated = inside.startsWith('!') || inside.startsWith('^');
  const ranges = rangesOf(membersOf(negated ? inside.slice(1) : inside));
  if (ranges.length === 0) throw new GlobFlaw('an empty set [] matches nothing');
  return { kind: 'set', negated, ranges };
}

interface Member {
  readonly codePoint: number;
  readonly escaped: boolean;
}

/** Characters of a set with their escapes resolved. */
function membersOf(inside: string): readonly Member[] {
  const members: Member[] = [];
  let escaped = false;
  for (const character of inside) {
    if (character === '\\' && !escaped) {
      escaped = true;
      continue;
    }
    if (character === '[' && !escaped) throw new GlobFlaw('a [ within a set is written \\[');
    members.push({ codePoint: character.codePointAt(0) ?? 0, escaped });
    escaped = false;
  }
  return members;
}

const hyphen = 0x2d;

/** A hyphen between two members is a range; first, last or escaped it is itself. */
function rangesOf(members: readonly Member[]): readonly CodePointRange[] {
  const ranges: CodePointRange[] = [];
  for (let at = 0; at < members.length; at++) {
    const first = members[at]?.codePoint ?? 0;
    const isRange = members[at + 1]?.codePoint === hyphen && members[at + 1]?.escaped === false;
    const last = isRange ? members[at + 2]?.codePoint : undefined;
    if (last !== undefined) at += 2;
    ranges.push(rangeOf(first, last ?? first));
  }
  return ranges;
}

function rangeOf(first: number, last: number): CodePointRange {
  const spelled = String.fromCodePoint(first, hyphen, last);
  if (first > last) throw new GlobFlaw(`the range ${spelled} runs backwards`);
  return [first, last];
}
