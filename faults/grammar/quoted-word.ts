/** Words in double quotes: `"a b"`, `"say \"hi\""`, `"\u{A0}"`. Anything can be said in them. */
import { codePointName, hexOf, invisible, matchAt, report, type Scanner } from './scanner.js';
import type { Word } from './word.js';

/** Reads the word whose opening quote is under the head. */
export function quotedWord(scanner: Scanner): Word {
  const { sentence, problems } = scanner;
  const start = scanner.at;
  const before = problems.length;
  let text = '';
  scanner.at += 1;
  while (scanner.at < sentence.length && sentence[scanner.at] !== '"') text += character(scanner);
  if (scanner.at === sentence.length) report(scanner, unclosed, start);
  else scanner.at += 1;
  const length = scanner.at - start;
  readTrailing(scanner);
  return { text, quoted: true, broken: problems.length > before, column: start + 1, length };
}

/** As it stands in a sentence: quoted where it has to be, or where the caller knows that it would mean something else. */
export function writeWord(text: string, mustQuote = false): string {
  const isPlain = text !== '' && !/[" ]/.test(text) && !invisible.test(text);
  return isPlain && !mustQuote ? text : `"${text.replace(toEscape, escaped)}"`;
}

const unclosed = { code: 'bad-quote', message: 'a quote that is not closed', length: 1 } as const;
const trailing = { code: 'bad-quote', message: 'expected a space after a quoted word' } as const;
const badEscape = {
  code: 'bad-escape',
  message: 'in quotes a \\ stands before one of " \\ n t r u{...}: the \\ of a glob is written \\\\',
  length: 1,
  nearest: '\\\\',
} as const;

const escapeSequence = /\\(?:(["\\ntr])|u\{([0-9a-fA-F]{1,6})\})/y;
const toEscape = new RegExp(`["\\\\]|${invisible.source}`, 'gu');
const wordEnd = /[^ \t\r\n]*/y;
const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function character(scanner: Scanner): string {
  const read = String.fromCodePoint(scanner.sentence.codePointAt(scanner.at) ?? 0);
  if (read === '\\') return escapedCharacter(scanner);
  if (!isCharacter(read.codePointAt(0) ?? 0)) {
    report(scanner, {
      code: 'invisible-character',
      message: `half a character (${codePointName(read)})`,
      length: 1,
    });
  }
  scanner.at += read.length;
  return read;
}

function escapedCharacter(scanner: Scanner): string {
  const [whole, single, hex] = matchAt(escapeSequence, scanner);
  const codePoint = hex === undefined ? 0 : Number.parseInt(hex, 16);
  if (whole === '' || !isCharacter(codePoint)) {
    report(scanner, badEscape);
    scanner.at += 1;
    return '\\';
  }
  scanner.at += whole.length;
  return single === undefined ? String.fromCodePoint(codePoint) : (controls[single] ?? single);
}

/** Halves of surrogate pairs are none: they cannot be written in UTF-8. */
const isCharacter = (codePoint: number): boolean =>
  codePoint <= 0x10ffff && !(codePoint >= 0xd800 && codePoint <= 0xdfff);

function readTrailing(scanner: Scanner): void {
  const [rest] = matchAt(wordEnd, scanner);
  if (rest !== '') report(scanner, { ...trailing, length: rest.length });
  scanner.at += rest.length;
}

function escaped(written: string): string {
  if (written === '"' || written === '\\') return `\\${written}`;
  const control = Object.entries(controls).find(([, value]) => value === written)?.[0];
  return control === undefined ? `\\u{${hexOf(written)}}` : `\\${control}`;
}
