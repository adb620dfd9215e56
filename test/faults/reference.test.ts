import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format } from '../../faults/format.js';
import { parse } from '../../faults/parse.js';
import { reference } from '../../faults/reference.js';

test('every example of the reference is a sentence in its canonical form', () => {
  for (const { example } of [...reference.effects, ...reference.clauses]) {
    const parsed = parse(example);
    assert.ok(parsed.kind === 'fault', `${example}: ${JSON.stringify(parsed)}`);
    assert.equal(format(parsed.fault), example);
  }
});

test('every example of the reference shows what it is an example of', () => {
  for (const { plane, name, example } of reference.effects)
    assert.ok(example.startsWith(`${plane} ${name}`), example);
  for (const { name, example } of reference.clauses) assert.ok(example.split(' ').includes(name), example);
});

test('every capital letter of a syntax is a notation of the reference', () => {
  const known = new Set(reference.notations.map(({ name }) => name));
  for (const { syntax } of [...reference.effects, ...reference.clauses]) {
    for (const [letters] of syntax.matchAll(/\b[A-Z][A-Za-z]*\b/g))
      assert.ok(known.has(letters), `${letters} of ${syntax}`);
  }
});

test('the reference has every effect and clause of the design', () => {
  const names = (plane: string) =>
    reference.effects.filter((effect) => effect.plane === plane).map(({ name }) => name);
  assert.deepEqual(names('disk'), [
    'latency',
    'error',
    'short',
    'corrupt',
    'full',
    'throttle',
    'freeze',
    'readonly',
  ]);
  assert.deepEqual(
    names('tcp').toSorted(),
    'bandwidth blackhole corrupt latency limit loss partition refuse reset slice slow-close'.split(' '),
  );
  assert.deepEqual(
    reference.clauses.map(({ name }) => name).toSorted(),
    'chance every first for from in jitter on once port seed skip to until volume with'.split(' '),
  );
});

test('the reference has every error of Linux but ENOSYS, each number once', () => {
  const numbers = reference.errnos.map(({ number }) => number).toSorted((one, other) => one - other);
  const all = Array.from({ length: 133 }, (_, index) => index + 1).filter(
    (number) => ![38, 41, 58].includes(number),
  );
  assert.deepEqual(numbers, all);
});
