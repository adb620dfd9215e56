import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CaretOptions, caretLines } from '../../cli/terminal/caret.js';
import { widthOf } from '../../cli/terminal/width.js';
import { parse } from '../../faults/parse.js';

function shown(sentence: string, options: CaretOptions = {}): readonly string[] {
  const parsed = parse(sentence);
  assert.equal(parsed.kind, 'problems');
  return parsed.kind === 'problems' ? caretLines(sentence, parsed.problems, { indent: '', ...options }) : [];
}

/** What stands above the carets of each caret line. */
function marked(lines: readonly string[]): readonly string[] {
  let source = '';
  const found: string[] = [];
  for (const line of lines) {
    const carets = /^( *)(\^+) /.exec(line);
    if (carets === null) source = line;
    else found.push(columnsOf(source, carets[1]?.length ?? 0, carets[2]?.length ?? 0));
  }
  return found;
}

function columnsOf(text: string, start: number, width: number): string {
  let column = 0;
  let cut = '';
  for (const character of text) {
    if (column >= start && column < start + width) cut += character;
    column += widthOf(character);
  }
  return cut;
}

test('a caret stands below each problem, the nearest right word beside it', () => {
  const lines = shown('disk latensy 200ms on fsnc');
  assert.equal(lines[0], 'disk latensy 200ms on fsnc');
  assert.match(lines[1] ?? '', /^ {5}\^{7} .*did you mean "latency"\?$/);
  assert.match(lines[2] ?? '', /^ {22}\^{4} .*did you mean "fsync"\?$/);
  assert.equal(lines.length, 3);
});

test('what is missing at the end gets its caret one past it', () => {
  const [source, carets] = shown('disk latency');
  assert.equal(source, 'disk latency');
  assert.match(carets ?? '', /^ {12,13}\^ /);
});

test('wide characters, combining marks, emoji and tabs before the problem do not move the caret', () => {
  for (const glob of ['日本/**', 'e\u0301te\u0301/**', '🐘🐘/*', 'ｆｕ/**']) {
    const sentence = `disk latency 1s in "${glob}"\tfor\t5mn`;
    assert.deepEqual(marked(shown(sentence)), ['5mn'], glob);
  }
});

test('a sentence wider than the terminal is shown in parts that fit', () => {
  const sentence = `disk latensy 200ms in ${'deep-and-deeper/'.repeat(20)}** for 5mn`;
  const lines = shown(sentence, { columns: 60 });
  assert.deepEqual(marked(lines), ['latensy', '5mn']);
  for (const line of lines.filter((one) => !one.includes('^'))) assert.ok(widthOf(line) <= 60, line);
});

test('a control character in a sentence is never written to the terminal', () => {
  const lines = shown('disk latency \u001b[2J1s');
  assert.ok(lines.every((line) => !line.includes('\u001b')));
});

test('any sentence and any width give carets and no exception', () => {
  const seed = Date.now() % 2 ** 31;
  const words = fc.constantFrom(
    'disk',
    'latency',
    '200ms',
    'on',
    'fsnc',
    'in',
    '日本/**',
    '🐘',
    '"',
    '\t',
    '\ud800',
    'for',
    '5',
  );
  const sentences = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 40 }).map((some) => some.join(' ')),
  );
  fc.assert(
    fc.property(sentences, fc.integer({ min: 1, max: 120 }), (sentence, columns) => {
      const parsed = parse(sentence);
      if (parsed.kind === 'fault') return;
      const lines = caretLines(sentence, parsed.problems, { columns });
      assert.ok(
        lines.filter((line) => /^ +\^+ /.test(line)).length >= parsed.problems.length,
        JSON.stringify(lines),
      );
    }),
    { seed, numRuns: 300, verbose: true },
  );
});
