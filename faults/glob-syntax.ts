/**
 * The syntax of globs: which paths below a volume a fault reaches.
 *
 *     base/{1,5}/[0-9]*   ─braces─►  base/1/[0-9]*      ─segments─►  text base · text 1 · set 0-9, star
 *                                    base/5/[0-9]*                   text base · text 5 · set 0-9, star
 *
 * Strict, since a glob that is nearly right matches nothing and says nothing: whatever could not match any
 * path, or is likely meant otherwise, is a flaw.
 */
import { accepted, flawed, type Reading } from './grammar/syntax.js';
import { limits } from './limits.js';

/** One path without braces, by its segments. */
export type GlobPath = readonly GlobSegment[];

/** `deep` is `**`: any number of segments, none included. */
export type GlobSegment =
  | { readonly kind: 'deep' }
  | { readonly kind: 'name'; readonly pieces: readonly GlobPiece[] };

export type GlobPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `?`: one character. */
  | { readonly kind: 'any' }
  /** `*`: any characters, none included, a leading dot too. */
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly CodePointRange[] };

/** First and last code point, both included. */
export type CodePointRange = readonly [number, number];

/** The paths that the glob spells, braces resolved; or the first flaw. */
export function parseGlob(glob: string): Reading<readonly GlobPath[]> {
  try {
    return accepted(expand(glob).map(pathOf));
  } catch (error) {
    if (error instanceof GlobFlaw)
      return flawed('bad-glob', error.message, glob.includes('{') ? {} : error.wayOut);
    throw error;
  }
}

/** Unwinds the recursion below; never leaves this file. */
class GlobFlaw extends Error {
  constructor(
    message: string,
    readonly wayOut: { readonly nearest?: string } = {},
  ) {
    super(message);
  }
}

/** Every alternative spelled out. The count is bounded before anything is built: `{a,b}` times 200 is 2^200. */
function expand(glob: string): readonly string[] {
  const cursor = { text: glob, at: 0 };
  const alternatives = sequence(cursor, false);
  if (cursor.at < glob.length) throw new GlobFlaw('a } that closes nothing: write \\} for the character');
  return alternatives;
}

interface Cursor {
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
  return heads.flatMap((head) => tails.map((tail) => head + tail));
}

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
function literally(cursor: Cursor): string {
  const { text, at } = cursor;
  if (text.startsWith('\\/', at)) throw new GlobFlaw('a / needs no \\');
  if (text[at] === '[') cursor.at = endOfSet(text, at);
  else cursor.at += text[at] === '\\' ? 2 : 1;
  if (cursor.at > text.length) throw new GlobFlaw('a \\ with nothing behind it', cut(text, /\\$/));
  return text.slice(at, cursor.at);
}

/** Where the set that opens at `start` ends, one past its `]`. */
function endOfSet(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === ']') return at + 1;
    if (text[at] === '/') throw new GlobFlaw('a set [...] never matches a /');
    if (text[at] === '\\') at += 1;
  }
  throw new GlobFlaw('a [ that is not closed: write \\[ for the character');
}

function pathOf(path: string): GlobPath {
  if (path === '') throw new GlobFlaw('an empty glob matches nothing', { nearest: '**' });
  if (path.startsWith('/'))
    throw new GlobFlaw('paths start below the volume, with no leading /', cut(path, /^\/+/));
  if (path.endsWith('/')) throw new GlobFlaw('a trailing / matches nothing', { nearest: `${path}**` });
  return path.split('/').map(segmentOf);
}

/** `path` with `part` cut out, where something is left. */
function cut(path: string, part: RegExp): { readonly nearest?: string } {
  const rest = path.replace(part, '');
  return rest === '' ? {} : { nearest: rest };
}

function segmentOf(text: string): GlobSegment {
  if (text === '') throw new GlobFlaw('// matches nothing: one / stands between names');
  if (text === '.' || text === '..')
    throw new GlobFlaw(`${text} matches nothing: paths are as the volume has them`);
  if (text === '**') return { kind: 'deep' };
  const pieces: GlobPiece[] = [];
  const cursor = { text, at: 0 };
  while (cursor.at < text.length) append(pieces, pieceAt(cursor));
  return { kind: 'name', pieces };
}

function append(pieces: GlobPiece[], piece: GlobPiece): void {
  const last = pieces.at(-1);
  if (piece.kind === 'star' && last?.kind === 'star')
    throw new GlobFlaw('** stands alone between slashes, as in base/**');
  if (piece.kind !== 'text' || last?.kind !== 'text') pieces.push(piece);
  else pieces.splice(-1, 1, { kind: 'text', text: last.text + piece.text });
}

function pieceAt(cursor: Cursor): GlobPiece {
  const character = cursor.text.charAt(cursor.at);
  if (character === '[') return setAt(cursor);
  const text = literally(cursor);
  if (character === '*') return { kind: 'star' };
  if (character === '?') return { kind: 'any' };
  return { kind: 'text', text: character === '\\' ? text.slice(1) : text };
}

function setAt(cursor: Cursor): GlobPiece {
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
