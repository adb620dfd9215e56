/**
 * Spells out the alternatives of a glob: `base/{1,5}/*` is `base/1/*` and `base/5/*`. The rest of its syntax is
 * passed over here, so that a brace or a comma within a set or behind a \ is none.
 */
import { limits } from '../limits.js';
import { writeSize } from '../values/size.js';
import { cut, GlobFlaw } from './glob-flaw.js';

/** Every alternative spelled out. The count is bounded before anything is built: `{a,b}` times 200 is 2^200. */
export function spell(glob: string): readonly string[] {
  const cursor = { text: glob, at: 0 };
  const alternatives = sequence(cursor, false);
  if (cursor.at < glob.length) throw new GlobFlaw('a } that closes nothing: write \\} for the character');
  return alternatives;
}

export interface Cursor {
  readonly text: string;
  at: number;
}

/** Up to the end, or within braces up to the `,` or `}` that ends this alternative. */
function sequence(cursor: Cursor, inBraces: boolean): readonly string[] {
  let spelled: readonly string[] = [''];
  while (cursor.at < cursor.text.length) {
    const character = cursor.text.charAt(cursor.at);
    if (character === '}' || (inBraces && character === ',')) break;
    spelled = joined(spelled, character === '{' ? braces(cursor) : [literally(cursor)]);
  }
  return spelled;
}

function joined(heads: readonly string[], tails: readonly string[]): readonly string[] {
  if (heads.length * tails.length > limits.globAlternatives) {
    throw new GlobFlaw(`its braces spell more than ${limits.globAlternatives} paths`);
  }
  const characters = tails.length * lengthOf(heads) + heads.length * lengthOf(tails);
  if (characters > limits.globSpelled) {
    throw new GlobFlaw(`its braces spell more than ${writeSize(limits.globSpelled)} of paths`);
  }
  return heads.flatMap((head) => tails.map((tail) => head + tail));
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0);

function braces(cursor: Cursor): readonly string[] {
  const alternatives: string[] = [];
  let count = 0;
  do {
    cursor.at += 1;
    alternatives.push(...sequence(cursor, true));
    count += 1;
  } while (cursor.text[cursor.at] === ',');
  if (cursor.text[cursor.at] !== '}')
    throw new GlobFlaw('a { that is not closed: write \\{ for the character');
  if (count < 2) throw new GlobFlaw('braces hold alternatives with a comma between, as {base,global}');
  cursor.at += 1;
  return alternatives;
}

/** One character with its escape, or a whole set: braces and commas within are not syntax here. */
export function literally(cursor: Cursor): string {
  const { text, at } = cursor;
  if (text.startsWith('\\/', at)) throw new GlobFlaw('a / needs no \\');
  if (text[at] === '[') cursor.at = endOfSet(text, at);
  else cursor.at += text[at] === '\\' ? 2 : 1;
  if (cursor.at > text.length) throw new GlobFlaw('a \\ with nothing behind it', cut(text, /\\$/));
  return text.slice(at, cursor.at);
}

/** Where the set that opens at `start` ends, one past its `]`. */
export function endOfSet(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === ']') return at + 1;
    if (text[at] === '/') throw new GlobFlaw('a set [...] never matches a /');
    if (text[at] === '\\') at += 1;
  }
  throw new GlobFlaw('a [ that is not closed: write \\[ for the character');
}
