import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packed, partKey, readPacked, unpacked } from '../../../experiment/journal/packed.js';
import { passed, textOf } from '../report/journals.js';

const lines = textOf(passed).split(/(?<=\n)/);

test('parts are read in the order of their keys, whatever order they come in', () => {
  const parts = lines.map((line, index) => [partKey(index), packed(line)] as const);
  const shuffled = Object.fromEntries(parts.toReversed());
  assert.equal(unpacked(shuffled), lines.join(''));
  const reading = readPacked(shuffled);
  assert.ok(reading.kind === 'journal');
  assert.equal(reading.journal.events.length, lines.length);
});

test('a part that is none is a problem, and so is what is no journal', () => {
  const whole = packed(lines.join(''));
  for (const [parts, message] of [
    [{ [partKey(0)]: 'no gzip' }, /incorrect header check/],
    [{ [partKey(0)]: whole.slice(0, 40) }, /unexpected end of file/],
    [{ [partKey(0)]: packed('{}\n') }, /expected an event of a run/],
    [{}, /is empty/],
  ] as const) {
    const reading = readPacked(parts);
    assert.ok(reading.kind === 'problem');
    assert.match(reading.message, message);
  }
});

test('what unpacks to more than a journal may be is refused, also over several parts', () => {
  const half = packed(' '.repeat(40 * 1024 * 1024));
  assert.throws(() => unpacked({ [partKey(0)]: half, [partKey(1)]: half }), /larger than/);
});
