import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '../../../bench/disk/options.js';
import { rotated } from '../../../bench/disk/rounds.js';

test('each round begins with another place, and every place has its turn', () => {
  assert.deepEqual(rotated(['a', 'b', 'c'], 1), ['b', 'c', 'a']);
  assert.deepEqual(rotated(['a', 'b', 'c'], 3), ['a', 'b', 'c']);
  assert.deepEqual(rotated([], 2), []);
});

test('options choose works and subjects by name', () => {
  const { works, subjects, rounds } = parseOptions([
    '--only',
    'pgbench,small-files',
    '--subjects',
    'bare',
    '--quick',
  ]);
  assert.deepEqual(
    works.map(({ name }) => name),
    ['small-files', 'pgbench'],
  );
  assert.deepEqual(subjects, ['bare']);
  assert.equal(rounds, 1);
});

test('an unknown work, subject, option or number of rounds is refused with the usage', () => {
  for (const args of [
    ['--only', 'reading'],
    ['--subjects', 'theirs'],
    ['--rounds', '0'],
    ['--rounds', 'x'],
    ['--fast'],
  ]) {
    assert.throws(() => parseOptions(args), { code: 'E_USAGE', message: /npm run bench:disk/ });
  }
});
