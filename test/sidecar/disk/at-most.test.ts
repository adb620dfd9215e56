import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMost } from '../../../sidecar/disk/at-most.js';

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
