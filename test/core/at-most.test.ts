import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMost, limited } from '../../core/at-most.js';

test('everything is done, so many at once, and made when its turn comes', async () => {
  let made = 0;
  let running = 0;
  let most = 0;
  const ahead: number[] = [];
  const done: number[] = [];
  function* items(): Generator<number> {
    while (made < 20) yield made++;
  }
  await atMost(3, items(), async (item) => {
    running++;
    most = Math.max(most, running);
    ahead.push(made - done.length);
    await new Promise(setImmediate);
    running--;
    done.push(item);
  });
  assert.deepEqual(
    done.sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i),
  );
  assert.deepEqual([most, Math.max(...ahead)], [3, 3]);
});

test('what fails is told', async () => {
  await assert.rejects(
    atMost(2, [1, 2, 3], (item) => (item === 2 ? Promise.reject(new Error('two')) : Promise.resolve())),
    /two/,
  );
});

test('who shares a limit waits for a turn, in order, also when another fails', async () => {
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const work = limited(2, async (item: number) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    order.push(item);
    running--;
    if (item === 1) throw new Error('one');
    return item * 10;
  });
  const ended = await Promise.allSettled([0, 1, 2, 3, 4].map((item) => work(item)));
  assert.deepEqual(
    ended.map((one) => (one.status === 'fulfilled' ? one.value : 'failed')),
    [0, 'failed', 20, 30, 40],
  );
  assert.deepEqual([order, most], [[0, 1, 2, 3, 4], 2]);
});
