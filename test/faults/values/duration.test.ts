import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration } from '../../../faults/values/duration.js';

const { read } = duration({ min: 1, max: 604_800_000 });

test('a duration is read, or refused, without trying its digits in every combination', () => {
  const endless = ['1'.repeat(200), '1a'.repeat(100), '1.1'.repeat(60), '1m'.repeat(100)];
  for (const text of endless) {
    const beganAt = process.cpuUsage();
    assert.equal(read(`${text}!`).kind, 'flaw', text);
    assert.equal(read(text).kind, 'flaw', text);
    const { user } = process.cpuUsage(beganAt);
    assert.ok(user < 1_000_000, `${text} took ${user} µs`);
  }
});

test('a duration has numbers with units, the last of which may be forgotten', () => {
  for (const [text, ms] of [
    ['200ms', 200],
    ['1m30s', 90_000],
    ['1.5s', 1500],
    ['1h1m1s1ms', 3_661_001],
  ] as const)
    assert.deepEqual(read(text), { kind: 'value', value: ms });
  for (const text of ['', 's', '1.', '.5s', '1 s', '1m 30s', '-1s', '1m30', '5', '1x'])
    assert.equal(read(text).kind, 'flaw', text);
});
