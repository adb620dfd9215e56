import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type JournalParts,
  nextKey,
  packed,
  readPacked,
  unpacked,
} from '../../../experiment/journal/packed.js';
import { passed, textOf } from '../report/journals.js';

const lines = textOf(passed).split(/(?<=\n)/);
const first = nextKey({});
const second = nextKey({ [first]: '' });

test('parts are read in the order of their keys, whatever order they come in', () => {
  let parts: JournalParts = {};
  for (const line of lines) parts = { ...parts, [nextKey(parts)]: packed(line) };
  const shuffled = Object.fromEntries(Object.entries(parts).toReversed());
  assert.equal(unpacked(shuffled), lines.join(''));
  const reading = readPacked(shuffled);
  assert.ok(reading.kind === 'journal');
  assert.equal(reading.journal.events.length, lines.length);
});

test('a part comes after all others, also where those between were made one', () => {
  assert.deepEqual([first, second], ['000000.jsonl.gz', '000001.jsonl.gz']);
  assert.equal(nextKey({ '000000.jsonl.gz': '', '000064.jsonl.gz': '' }), '000065.jsonl.gz');
});

test('a part that is none is a problem, and so is what is no journal', () => {
  const whole = packed(lines.join(''));
  for (const [parts, message] of [
    [{ [first]: 'no gzip' }, /incorrect header check/],
    [{ [first]: whole.slice(0, 40) }, /unexpected end of file/],
    [{ [first]: packed('{}\n') }, /expected an event of a run/],
    [{}, /is empty/],
  ] as const) {
    const reading = readPacked(parts);
    assert.ok(reading.kind === 'problem');
    assert.match(reading.message, message);
  }
});

test('what unpacks to more than a journal may be is refused, also over several parts', () => {
  const half = packed(' '.repeat(40 * 1024 * 1024));
  assert.throws(() => unpacked({ [first]: half, [second]: half }), /larger than/);
});
