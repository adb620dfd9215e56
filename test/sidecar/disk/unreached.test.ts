import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreached } from '../../../sidecar/disk/unreached.js';

test('what was added is known, by inode and verb, and nothing else', () => {
  const unreached = new Unreached();
  assert.equal(unreached.has(0, 0, 7), false);
  unreached.add(5, 3, 7);
  assert.equal(unreached.has(5, 3, 7), true);
  assert.deepEqual(
    [unreached.has(5, 4, 7), unreached.has(6, 3, 7), unreached.has(5, 3, 8)],
    [false, false, false],
  );
});

test('a change of names forgets everything', () => {
  const unreached = new Unreached();
  unreached.add(5, 3, 7);
  unreached.add(6, 3, 8);
  assert.deepEqual(
    [unreached.has(5, 3, 7), unreached.has(5, 3, 8), unreached.has(6, 3, 8)],
    [false, false, true],
  );
});

test('it is never mistaken, whatever stood in the same place', () => {
  const unreached = new Unreached();
  for (let slot = 0; slot < 20_000; slot++) unreached.add(slot, slot % 37, 1);
  for (let slot = 0; slot < 20_000; slot++) {
    assert.equal(unreached.has(slot, (slot + 1) % 37, 1), false);
    assert.equal(unreached.has(slot + 20_000, slot % 37, 1), false);
  }
});
