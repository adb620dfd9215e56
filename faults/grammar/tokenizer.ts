/**
 * A sentence into words. Words stand between spaces; a word in double quotes may hold anything, so that any
 * path can be named: `in "pg wal/**"`.
 */
import type { Problem } from '../problem.js';
import { quotedWord, writeWord } from './quoted-word.js';
import { codePointName, invisible, matchAt, report, type Scanner } from './scanner.js';
import type { Word } from './word.js';

export interface Words {
  readonly words: readonly Word[];
  readonly problems: readonly Problem[];
}

export function tokenize(sentence: string): Words {
  const words: Word[] = [];
  const scanner: Scanner = { sentence, at: 0, problems: [] };
  while (skipToWord(scanner))
    words.push(sentence[scanner.at] === '"' ? quotedWord(scanner) : bareWord(scanner));
  return { words, problems: scanner.problems };
}

const spaces = /[ \t\r\n]*/y;
const bare = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}]*/uy;

/** Over spaces, and over what looks like one or like nothing, which is reported. False at the end. */
function skipToWord(scanner: Scanner): boolean {
  for (;;) {
    scanner.at += matchAt(spaces, scanner)[0].length;
    const codePoint = scanner.sentence.codePointAt(scanner.at);
    if (codePoint === undefined) return false;
    const character = String.fromCodePoint(codePoint);
    if (!invisible.test(character)) return true;
    const message = `an invisible character (${codePointName(character)}): only spaces stand between words`;
    report(scanner, { code: 'invisible-character', message, length: character.length });
    scanner.at += character.length;
  }
}

function bareWord(scanner: Scanner): Word {
  const start = scanner.at;
  const [text] = matchAt(bare, scanner);
  const { length } = text;
  const broken = text.includes('"');
  if (broken) {
    const message = 'a quote within a word: quotes go around the whole word';
    report(scanner, { code: 'bad-quote', message, length, nearest: writeWord(text) });
  }
  scanner.at += length;
  return { text, quoted: false, broken, column: start + 1, length };
}
