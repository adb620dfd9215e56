import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutOffSince, type LagSample, megabytes } from '../../../../dev/demo/replica/lag.js';

/** One every 100 ms from 1 s on. */
const samples = (...looks: readonly (readonly [bytes: number, senderPid: number | null])[]): LagSample[] =>
  looks.map(([bytes, senderPid], index) => ({ atMs: 1000 + index * 100, bytes, senderPid }));

test('a replica that is level again is told by how far it was behind, and how long it took from there', () => {
  const lag = samples([0, 7], [2e6, 7], [4e6, 7], [3e6, 7], [900, 7], [0, 7]);
  assert.deepEqual(cutOffSince(lag, 1000), { mostBytes: 4e6, caughtUpMs: 200, sameConnection: true });
});

test('a replica that is still behind has not caught up', () => {
  const lag = samples([0, 7], [2e6, 7], [4e6, 7], [3e6, 7]);
  assert.equal(cutOffSince(lag, 1000).caughtUpMs, null);
});

test('a replica whose connection was recreated is told from one that kept it', () => {
  for (const between of [8, null]) {
    const lag = samples([0, 7], [4e6, 7], [3e6, between], [0, 8], [0, 8]);
    assert.equal(cutOffSince(lag, 1000).sameConnection, false, String(between));
  }
});

test('what was before does not count, nor does a connection that broke after the replica was level', () => {
  const lag = samples([9e6, 6], [0, 7], [4e6, 7], [0, 7], [0, null]);
  assert.deepEqual(cutOffSince(lag, 1100), { mostBytes: 4e6, caughtUpMs: 100, sameConnection: true });
});

test('without a sample nothing is claimed', () => {
  assert.deepEqual(cutOffSince([], 0), { mostBytes: 0, caughtUpMs: null, sameConnection: false });
});

test('bytes are told in megabytes', () => {
  assert.deepEqual([0, 49_000, 4_641_776].map(megabytes), ['0.0 MB', '0.0 MB', '4.6 MB']);
});
