import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain } from '../../cli/terminal/ink.js';
import { tableLines } from '../../cli/terminal/table.js';
import { timeLeft } from '../../cli/terminal/time-left.js';
import { cutTo, padTo, widthOf } from '../../cli/terminal/width.js';
import { wrap } from '../../cli/terminal/wrap.js';
import { printable } from '../../core/printable.js';

test('widthOf() counts the columns that a terminal takes', () => {
  const widths: readonly [string, number][] = [
    ['', 0],
    ['pg_wal', 6],
    ['é', 1],
    ['e\u0301', 1],
    ['日本', 4],
    ['한글', 4],
    ['ｆｕｌｌ', 8],
    ['🐘', 2],
    ['a\u200bb', 2],
    ['…', 1],
  ];
  for (const [text, width] of widths) assert.equal(widthOf(text), width, JSON.stringify(text));
});

test('cutTo() never takes more columns than there are, nor half a wide character', () => {
  assert.equal(cutTo('disk freeze', 20), 'disk freeze');
  assert.equal(cutTo('disk freeze', 6), 'disk …');
  assert.equal(cutTo('日本語', 4), '日…');
  assert.equal(cutTo('日本語', 0), '');
  for (let columns = 1; columns < 8; columns++) assert.ok(widthOf(cutTo('日本🐘語', columns)) <= columns);
});

test('padTo() fills columns, not characters', () => {
  assert.equal(padTo('日本', 6), '日本  ');
  assert.equal(padTo('long', 2), 'long');
});

test('printable() leaves nothing that could move the cursor or turn the direction', () => {
  assert.equal(printable('a\tb\nc'), 'a b c');
  assert.equal(printable('\u001b[2J'), '\ufffd[2J');
  assert.equal(printable('x\u202ey'), 'x\ufffdy');
  assert.equal(printable('pg_wal/**'), 'pg_wal/**');
});

test('wrap() breaks between words and keeps words that are too long', () => {
  assert.equal(wrap('one two three four five six', 24, '  '), '  one two three four\n  five six');
  assert.equal(wrap('x'.repeat(40), 20), 'x'.repeat(40));
});

test('timeLeft() is coarse, and never shows a moment as none', () => {
  const texts: readonly [number, string][] = [
    [0, '0s'],
    [1, '1s'],
    [59_000, '59s'],
    [59_001, '1m 00s'],
    [599_000, '9m 59s'],
    [3_600_000, '1h 00m'],
    [90_000_000, '1d 01h'],
  ];
  for (const [ms, text] of texts) assert.equal(timeLeft(ms), text, String(ms));
});

test('tableLines() aligns columns and cuts the last one only', () => {
  const columns = [
    { title: 'NAME', text: ({ name }: { name: string; hits: number }) => name },
    { title: 'HITS', align: 'right' as const, text: ({ hits }: { hits: number }) => String(hits) },
    { title: 'SENTENCE', text: () => 'disk latency 200ms on fsync in pg_wal/**' },
  ];
  const rows = [
    { name: '日本', hits: 7 },
    { name: 'slow-wal', hits: 12_345 },
  ];
  assert.deepEqual(tableLines(columns, rows, { ink: plain, width: 40 }), [
    'NAME       HITS  SENTENCE',
    '日本          7  disk latency 200ms on …',
    'slow-wal  12345  disk latency 200ms on …',
  ]);
});
