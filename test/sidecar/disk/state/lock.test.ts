import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Lock } from '../../../../sidecar/disk/state/lock.js';

test('threads that count under a lock miss none', async () => {
  const memory = new SharedArrayBuffer(8);
  const turns = 50_000;
  const contenders = [1, 2, 3].map(
    () => new Worker(new URL('./lock-contender.js', import.meta.url), { workerData: { memory, turns } }),
  );
  await Promise.all(contenders.map((contender) => once(contender, 'exit')));
  assert.deepEqual([...new Int32Array(memory)], [0, 3 * turns]);
});

test('a lock is let go of when what it holds fails', () => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const lock = new Lock(words, 0);
  const fail = (): never => {
    throw new Error('failed');
  };
  assert.throws(() => lock.hold(fail), /failed/);
  assert.equal(
    lock.hold(() => 'held'),
    'held',
  );
});

test('a lock whose holder died is broken open', () => {
  const lock = new Lock(new Int32Array(new SharedArrayBuffer(8)), 0);
  lock.acquire();
  lock.breakOpen();
  assert.equal(
    lock.hold(() => 'held'),
    'held',
  );
});
