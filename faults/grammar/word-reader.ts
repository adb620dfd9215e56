/**
 * Reads a sentence word by word and collects its problems. What is wrong is reported and read over, so that
 * one mistake hides no other and makes no further ones.
 */

import { nearest } from '../../core/nearest.js';
import type { Flaw, Problem } from '../problem.js';
import { itemsOf } from './list-items.js';
import type { Syntax } from './syntax.js';
import type { Word } from './word.js';

export class WordReader {
  readonly problems: Problem[] = [];
  #position = 0;
  readonly #sentence: string;
  readonly #words: readonly Word[];
  readonly #starters: ReadonlySet<string>;

  /** `starters` are the words that start a clause: where a value is expected, one of them means that it is missing. */
  constructor(sentence: string, words: readonly Word[], starters: ReadonlySet<string>) {
    this.#sentence = sentence;
    this.#words = words;
    this.#starters = starters;
  }

  peek(): Word | null {
    return this.#words[this.#position] ?? null;
  }

  next(): Word | null {
    return this.#words[this.#position++] ?? null;
  }

  /** Is a value next? Not at the end, and not where a clause starts. */
  hasValue(): boolean {
    const word = this.peek();
    return word !== null && (word.quoted || !this.#starters.has(word.text));
  }

  /** The next word as a value; null when it is missing or flawed, which is then reported. */
  value<T>(syntax: Syntax<T>): T | null {
    const word = this.hasValue() ? this.next() : null;
    return word === null ? this.missing(syntax.expected) : this.#judged(word, syntax);
  }

  /** The next word as items with commas between; null when one is missing or flawed. */
  list<T>(item: Syntax<T>): readonly T[] | null {
    if (!this.hasValue()) return this.missing(item.expected);
    const written = new Set<string>();
    const values = itemsOf(this.#listWords()).map((word) => this.#item(word, item, written));
    return values.every((value) => value !== null) ? values : null;
  }

  /** This very word is expected. Missing or misspelled it is reported, and reading goes on as if it stood here. */
  keyword(expected: string): void {
    const word = this.hasValue() ? this.peek() : null;
    if (word?.text === expected && !word.quoted) this.#position += 1;
    else if (word === null) this.missing(`"${expected}"`, { nearest: expected });
    else if (nearest(word.text, [expected]) === undefined) {
      this.missing(`"${expected}"`, { nearest: `${expected} ${word.text}` });
    } else {
      this.#position += 1;
      this.report(word, { code: 'unexpected-word', message: `expected "${expected}"`, nearest: expected });
    }
  }

  /** Reads over this very word where it stands next. Was it there? */
  option(name: string): boolean {
    const word = this.peek();
    const isSaid = word !== null && !word.quoted && word.text === name;
    if (isSaid) this.#position += 1;
    return isSaid;
  }

  /** Something expected is not there. */
  missing(expected: string, wayOut: Pick<Flaw, 'allowed' | 'nearest'> = {}): null {
    this.report(this.#here(), { code: 'missing-word', message: `expected ${expected}`, ...wayOut });
    return null;
  }

  report(word: Pick<Word, 'column' | 'length'>, flaw: Flaw): void {
    const start = word.column - 1;
    const found = this.#sentence.slice(start, start + word.length);
    this.problems.push({ ...flaw, column: word.column, length: word.length, found });
  }

  /** The next word, or one past the end. */
  #here(): Pick<Word, 'column' | 'length'> {
    return this.peek() ?? { column: this.#sentence.length + 1, length: 1 };
  }

  #judged<T>(word: Word, { read }: Syntax<T>): T | null {
    if (word.broken) return null;
    const reading = read(word.text);
    if (reading.kind === 'value') return reading.value;
    this.report(word, reading.flaw);
    return null;
  }

  /** The words of one list: behind `a,` and before `,b` it goes on, which is reported. */
  #listWords(): readonly Word[] {
    const words: Word[] = [];
    let goesOn = true;
    for (let word = this.peek(); word !== null && goesOn; word = this.peek()) {
      words.push(word);
      this.#position += 1;
      const following = this.hasValue() ? this.peek() : null;
      goesOn = following !== null && (word.text.endsWith(',') || following.text.startsWith(','));
    }
    if (words.length > 1) this.report(spanOf(words), spaceInList(words));
    return words;
  }

  /** Items are told apart as they are written: `::1` and `0::1` are the same. */
  #item<T>(word: Word, syntax: Syntax<T>, written: Set<string>): T | null {
    if (word.text === '') {
      this.report(word, { code: 'empty-item', message: 'a comma with nothing to separate' });
      return null;
    }
    const value = this.#judged(word, syntax);
    if (value === null) return null;
    const text = syntax.write(value);
    if (written.has(text)) this.report(word, { code: 'repeated-item', message: `${text} is said twice` });
    written.add(text);
    return value;
  }
}

function spanOf(words: readonly Word[]): Pick<Word, 'column' | 'length'> {
  const column = words[0]?.column ?? 1;
  const last = words.at(-1);
  return { column, length: last === undefined ? 1 : last.column + last.length - column };
}

const spaceInList = (words: readonly Word[]): Flaw => ({
  code: 'space-in-list',
  message: 'no space stands within a list',
  nearest: words.map(({ text }) => text).join(''),
});
