import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFaults } from '../../faults/compile.js';
import { decide } from '../../faults/decide.js';
import { limits } from '../../faults/limits.js';
import { armedFaultsOf, countingTally, operationOf } from './armed-faults-of.js';

test('touches() tells which verbs any fault could hit', () => {
  const compiled = compileFaults(
    armedFaultsOf('disk error EIO on fsync', 'disk corrupt 1 bits', 'tcp partition'),
  );
  assert.ok(compiled.touches('fsync'));
  assert.ok(compiled.touches('read'));
  assert.ok(!compiled.touches('write'));
  assert.ok(!compileFaults(armedFaultsOf('tcp partition')).touches('read'));
});

test('needsPath() tells which verbs have a fault that looks at paths', () => {
  const compiled = compileFaults(
    armedFaultsOf('disk error EIO on fsync in a/*', 'disk freeze on read in **', 'disk freeze on write'),
  );
  assert.ok(compiled.needsPath('fsync'));
  assert.ok(!compiled.needsPath('read'), '** is every path');
  assert.ok(!compiled.needsPath('write'));
  assert.ok(!compiled.needsPath('mkdir'));
});

test('reaches() asks about one file and counts nothing', () => {
  const compiled = compileFaults(armedFaultsOf('disk corrupt 1 bits in base/** volume data'));
  assert.ok(compiled.reaches('read', 'data', 'base/1'));
  assert.ok(!compiled.reaches('read', 'data', 'global/1'));
  assert.ok(!compiled.reaches('read', 'wal', 'base/1'));
  assert.ok(!compiled.reaches('write', 'data', 'base/1'));
});

test('a plan remembers no more paths than its bound, and answers the same after it forgot', () => {
  const compiled = compileFaults(armedFaultsOf('disk error EIO in **/*7'));
  const context = { nowMs: 0, tally: countingTally() };
  const hits = () =>
    Array.from({ length: limits.memoPaths * 2 }, (_, index) =>
      decide(compiled, operationOf({ path: `base/${index}` }), context),
    ).filter(Boolean).length;
  assert.equal(hits(), 409);
  assert.equal(hits(), 409);
});

test('64 faults are held against an operation in the order of the plan', () => {
  const sentences = Array.from({ length: limits.faults }, () => 'disk latency 1ms');
  const decision = decide(compileFaults(armedFaultsOf(...sentences)), operationOf(), {
    nowMs: 0,
    tally: countingTally(),
  });
  assert.deepEqual(
    decision?.delays,
    Array.from({ length: limits.faults }, (_, slot) => ({ slot, ms: 1 })),
  );
});
