/**
 * A sentence into words. Words stand between spaces; a word in double quotes may hold anything, so that any
 * path can be named: `in "pg wal/**"`.
 */
import type { Problem } from '../problem.js';
import { quotedWord, writeWord } from './quoted-word.js';
import { codePointName, invisible, matchAt, report, type Tape } from './tape.js';
import type { Word } from './word.js';

export interface Words {
  readonly words: readonly Word[];
  readonly problems: readonly Problem[];
}

export function tokenize(sentence: string): Words {
  const words: Word[] = [];
  const tape: Tape = { sentence, at: 0, problems: [] };
  while (skipToWord(tape)) words.push(sentence[tape.at] === '"' ? quotedWord(tape) : bareWord(tape));
  return { words, problems: tape.problems };
}

const spaces = /[ \t\r\n]*/y;
const bare = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}]*/uy;

/** Over spaces, and over what looks like one or like nothing, which is reported. False at the end. */
function skipToWord(tape: Tape): boolean {
  for (;;) {
    tape.at += matchAt(spaces, tape)[0].length;
    const codePoint = tape.sentence.codePointAt(tape.at);
    if (codePoint === undefined) return false;
    const character = String.fromCodePoint(codePoint);
    if (!invisible.test(character)) return true;
    const message = `an invisible character (${codePointName(character)}): only spaces stand between words`;
    report(tape, { code: 'invisible-character', message, length: character.length });
    tape.at += character.length;
  }
}

function bareWord(tape: Tape): Word {
  const start = tape.at;
  const [text] = matchAt(bare, tape);
  const { length } = text;
  const broken = text.includes('"');
  if (broken) {
    const message = 'a quote within a word: quotes go around the whole word';
    report(tape, { code: 'bad-quote', message, length, nearest: writeWord(text) });
  }
  tape.at += length;
  return { text, quoted: false, broken, column: start + 1, length };
}
