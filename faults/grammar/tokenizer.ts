/**
 * A sentence into words. Words stand between spaces; a word in double quotes may hold anything, so that any
 * path can be named: `in "pg wal/**"`.
 */
import type { Problem } from '../problem.js';

export interface Word {
  /** What it says: without quotes, escapes resolved. */
  readonly text: string;
  readonly quoted: boolean;
  /** From 1, in UTF-16 units, quotes included. */
  readonly column: number;
  readonly length: number;
}

export interface Words {
  readonly words: readonly Word[];
  readonly problems: readonly Problem[];
}

export function tokenize(sentence: string): Words {
  const words: Word[] = [];
  const problems: Problem[] = [];
  const tape: Tape = { sentence, at: 0, problems };
  while (skipSpaces(tape)) words.push(sentence[tape.at] === '"' ? quotedWord(tape) : bareWord(tape));
  return { words: words.filter((word) => word.quoted || word.text !== ''), problems };
}

/** As it stands in a sentence: quoted where it has to be. Words of the grammar itself are the caller's to quote. */
export function writeWord(text: string, mustQuote = false): string {
  if (text !== '' && !mustQuote && !needsQuotes.test(text)) return text;
  return `"${text.replace(toEscape, escaped)}"`;
}

const unclosed = { code: 'bad-quote', message: 'a quote that is not closed' } as const;
const unspaced = { code: 'bad-quote', message: 'a space is due behind a quoted word' } as const;

interface Tape {
  readonly sentence: string;
  at: number;
  readonly problems: Problem[];
}

const spaces = /[ \t\r\n]*/y;
const bare = /[^"\p{Cc}\p{Cf}\p{Cs}\p{Z}]*/uy;
const escapeSequence = /\\(?:(["\\ntr])|u\{([0-9a-fA-F]{1,6})\})/y;
const needsQuotes = /["\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u;
const toEscape = /["\\]|(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/gu;
const loneSurrogate = /\p{Cs}/u;

/** False at the end. */
function skipSpaces(tape: Tape): boolean {
  tape.at += matchAt(spaces, tape)[0].length;
  return tape.at < tape.sentence.length;
}

function bareWord(tape: Tape): Word {
  const start = tape.at;
  const text = matchAt(bare, tape)[0];
  tape.at += text.length;
  const word: Word = { text, quoted: false, column: start + 1, length: text.length };
  stumble(tape);
  return word;
}

/** What ends a bare word and is no space: a quote, or a character that nobody sees. */
function stumble(tape: Tape): void {
  const character = String.fromCodePoint(tape.sentence.codePointAt(tape.at) ?? 0x20);
  if (!needsQuotes.test(character) || /[ \t\r\n]/.test(character)) return;
  const { length } = character;
  if (character === '"') {
    report(tape, {
      code: 'bad-quote',
      message: 'a quote within a word: quotes go around the whole word',
      length,
    });
  } else {
    const message = `an invisible character (${codePointName(character)}): only spaces stand between words`;
    report(tape, { code: 'invisible-character', message, length });
  }
  tape.at += length;
}

function quotedWord(tape: Tape): Word {
  const { sentence } = tape;
  const start = tape.at;
  let text = '';
  tape.at += 1;
  while (tape.at < sentence.length && sentence[tape.at] !== '"') text += quotedCharacter(tape);
  if (tape.at >= sentence.length) report(tape, { ...unclosed, length: 1 }, start);
  tape.at = Math.min(tape.at + 1, sentence.length);
  const word: Word = { text, quoted: true, column: start + 1, length: tape.at - start };
  const behind = sentence[tape.at];
  if (behind !== undefined && !/[ \t\r\n]/.test(behind)) report(tape, { ...unspaced, length: 1 });
  return word;
}

function quotedCharacter(tape: Tape): string {
  const character = String.fromCodePoint(tape.sentence.codePointAt(tape.at) ?? 0);
  if (character === '\\') return escapedCharacter(tape);
  if (loneSurrogate.test(character)) {
    const message = `half a character (${codePointName(character)})`;
    report(tape, { code: 'invisible-character', message, length: 1 });
  }
  tape.at += character.length;
  return character;
}

const escapes = 'in quotes a \\ stands before one of " \\ n t r u{...}: the \\ of a glob is written \\\\';

const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function escapedCharacter(tape: Tape): string {
  const [whole = '', single, hex] = matchAt(escapeSequence, tape);
  const codePoint = hex === undefined ? undefined : Number.parseInt(hex, 16);
  if (whole === '' || (codePoint !== undefined && !isCharacter(codePoint))) {
    report(tape, { code: 'bad-escape', message: escapes, length: 1, nearest: '\\\\' });
    tape.at += 1;
    return '\\';
  }
  tape.at += whole.length;
  if (codePoint !== undefined) return String.fromCodePoint(codePoint);
  return controls[single ?? ''] ?? single ?? '';
}

const isCharacter = (codePoint: number): boolean =>
  codePoint <= 0x10ffff && !(codePoint >= 0xd800 && codePoint <= 0xdfff);

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  const control = Object.entries(controls).find(([, value]) => value === character)?.[0];
  return control === undefined ? `\\u{${hexOf(character)}}` : `\\${control}`;
}

const hexOf = (character: string): string => (character.codePointAt(0) ?? 0).toString(16).toUpperCase();

const codePointName = (character: string): string => `U+${hexOf(character).padStart(4, '0')}`;

function matchAt(sticky: RegExp, { sentence, at }: Tape): readonly [string, ...(string | undefined)[]] {
  sticky.lastIndex = at;
  const [whole = '', ...groups] = sticky.exec(sentence) ?? [];
  return [whole, ...groups];
}

function report(
  { sentence, at, problems }: Tape,
  problem: Omit<Problem, 'column' | 'found'>,
  start = at,
): void {
  problems.push({ ...problem, column: start + 1, found: sentence.slice(start, start + problem.length) });
}
