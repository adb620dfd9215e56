import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJournal } from '../../../experiment/journal/read-journal.js';
import { passed, textOf } from '../report/journals.js';

const whole = textOf(passed);

test('a journal is read back as it was written', () => {
  const events = passed.map(([atMs, runEvent]) => ({ atMs, ...runEvent }));
  assert.deepEqual(readJournal(whole), { kind: 'journal', journal: { events, isCut: false, unknown: 0 } });
});

test('a last line that was cut is left out and said, wherever it was cut', () => {
  const last = whole.lastIndexOf('\n', whole.length - 2) + 1;
  for (let end = last + 1; end < whole.length - 1; end += 1) {
    const reading = readJournal(whole.slice(0, end));
    assert.ok(reading.kind === 'journal', JSON.stringify(reading));
    assert.equal(reading.journal.isCut, true, `at ${end}`);
    assert.equal(reading.journal.events.length, passed.length - 1);
  }
});

test('types of a later version are counted, and fields of a later version left out', () => {
  const [first = '', ...rest] = whole.split('\n');
  const later = '{"atMs":1,"type":"moon-rose","by":3}';
  const more = '{"atMs":2,"type":"warned","message":"m","since":"tomorrow"}';
  const reading = readJournal([first, later, more, ...rest].join('\n'));
  assert.ok(reading.kind === 'journal');
  assert.equal(reading.journal.unknown, 1);
  assert.deepEqual(reading.journal.events[1], { atMs: 2, type: 'warned', message: 'm' });
});

const began = whole.slice(0, whole.indexOf('\n') + 1);
const wrong: readonly (readonly [text: string, line: number, message: RegExp])[] = [
  ['', 1, /is empty; expected run-began/],
  ['hello', 1, /is not JSON; expected one event/],
  ['{"atMs":1,"type":"warned","message":"a"}\n', 1, /is warned; expected run-began/],
  [`${began}{"atMs":1,\n{"atMs":1,"type":"warned","message":"a"}\n`, 2, /is not JSON/],
  [`${began}null\n`, 2, /expected object/],
  [`${began}{"atMs":-1,"type":"warned","message":"a"}\n`, 2, /atMs: .*>=0/],
  [`${began}{"atMs":1,"type":"constructor"}\n{"atMs":1,"type":"warned"}\n`, 3, /warned: message: .*string/],
  [`${began}{"atMs":1,"type":"phase-began","phase":"lunch"}\n`, 2, /phase-began: phase: /],
];

test('what is no journal is refused, with the line and what is wrong with it', () => {
  for (const [text, line, message] of wrong) {
    const reading = readJournal(text);
    assert.ok(reading.kind === 'problem', text);
    assert.equal(reading.line, line, text);
    assert.match(reading.message, message);
  }
});
