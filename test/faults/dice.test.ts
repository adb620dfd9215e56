import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw, roll } from '../../faults/dice.js';

const ordinals = Array.from({ length: 20_000 }, (_, index) => index + 1);

test('roll() is the same for the same seed, ordinal and purpose', () => {
  assert.equal(roll(42, 7, 'chance'), roll(42, 7, 'chance'));
});

test('roll() falls the same on every machine: these are fixed', () => {
  assert.deepEqual(
    [draw(0, 1, 'chance'), draw(1, 1, 'jitter'), draw(2 ** 32 - 1, 2 ** 40, 'flip')],
    [2721417117, 66796126, 2121559043],
  );
});

test('roll() is at least 0 and below 1, and even', () => {
  const buckets = new Array<number>(10).fill(0);
  for (const ordinal of ordinals) {
    const fallen = roll(123, ordinal, 'chance');
    assert.ok(fallen >= 0 && fallen < 1);
    buckets[Math.floor(fallen * 10)]! += 1;
  }
  for (const count of buckets) assert.ok(Math.abs(count - 2000) < 200, `${count} of 2000`);
});

test('roll() of one seed, purpose or ordinal says nothing of the next', () => {
  const pairs = [
    ordinals.map((ordinal) => [roll(1, ordinal, 'chance'), roll(1, ordinal + 1, 'chance')] as const),
    ordinals.map((ordinal) => [roll(1, ordinal, 'chance'), roll(2, ordinal, 'chance')] as const),
    ordinals.map((ordinal) => [roll(1, ordinal, 'chance'), roll(1, ordinal, 'jitter')] as const),
  ];
  for (const pair of pairs) assert.ok(Math.abs(correlation(pair)) < 0.03, `correlation ${correlation(pair)}`);
});

/** Of two even rolls: 0 when they know nothing of each other, 1 when they are the same. */
function correlation(pairs: readonly (readonly [number, number])[]): number {
  const sum = pairs.reduce((total, [one, other]) => total + (one - 0.5) * (other - 0.5), 0);
  return (12 * sum) / pairs.length;
}
