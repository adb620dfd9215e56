import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose } from '../../../dev/bench/options.js';

const menu = {
  script: 'bench:net',
  works: [{ name: 'bulk' }, { name: 'requests' }, { name: 'memory' }],
  subjects: ['theirs', 'ours'],
  rounds: 5,
};

test('options choose works and subjects by name, in the order of the bench', () => {
  const { works, subjects, rounds } = choose(['--only', 'memory,bulk', '--subjects', 'ours'], menu);
  assert.deepEqual(works, [{ name: 'bulk' }, { name: 'memory' }]);
  assert.deepEqual(subjects, ['ours']);
  assert.equal(rounds, 5);
});

test('a quick bench is of one round, unless more are asked for', () => {
  assert.equal(choose(['--quick'], menu).rounds, 1);
  assert.equal(choose(['--quick', '--rounds', '2'], menu).rounds, 2);
});

test('an unknown work, subject, option or number of rounds is refused with the usage', () => {
  for (const args of [
    ['--only', 'reading'],
    ['--subjects', 'nobody'],
    ['--rounds', '0'],
    ['--rounds', 'x'],
    ['--fast'],
  ]) {
    assert.throws(() => choose(args, menu), { code: 'bench.usage', message: /npm run bench:net/ });
  }
});
