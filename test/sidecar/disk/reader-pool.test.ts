import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ReaderPool, readerPoolBytes } from '../../../sidecar/disk/reader-pool.js';

const mostReady = 2;

interface Reader {
  readonly worker: Worker;
  /** Ends its turn: it leaves for something long, and comes back. */
  goAway(): void;
}

function start(t: TestContext, memory: SharedArrayBuffer): Reader {
  const words = new SharedArrayBuffer(4);
  const worker = new Worker(new URL('./reader-in-pool.js', import.meta.url), {
    workerData: { memory, mostReady, words },
  });
  t.after(() => worker.terminate());
  const told = new Int32Array(words);
  const goAway = (): void => {
    Atomics.add(told, 0, 1);
    Atomics.notify(told, 0);
  };
  return { worker, goAway };
}

/** As many are ready as are enough, all of them here. */
function fullRota(): { readonly memory: SharedArrayBuffer; readonly here: ReaderPool } {
  const memory = new SharedArrayBuffer(readerPoolBytes);
  const here = new ReaderPool(memory, mostReady);
  for (let thread = 0; thread < mostReady; thread++) here.enter();
  return { memory, here };
}

const isReady = (reader: Reader): Promise<unknown> => once(reader.worker, 'message');

test('a thread beyond those that are enough stands by until nobody is ready any more', async (t) => {
  const { memory, here } = fullRota();
  const third = start(t, memory);
  const turn = isReady(third);
  await once(third.worker, 'online');
  assert.equal(await settled(turn), 'pending');
  here.leave();
  here.leave();
  await turn;
});

test('a request that is seen waiting gets one more thread, until no request is', async (t) => {
  const { memory, here } = fullRota();
  const third = start(t, memory);
  await once(third.worker, 'online');
  here.addReaderIfStuck(true, 0);
  await isReady(third);
  here.addReaderIfStuck(false, 0);
  const again = isReady(third);
  third.goAway();
  assert.equal(await settled(again), 'pending');
});

test('a request that is still waiting gets yet one more thread', async (t) => {
  const { memory, here } = fullRota();
  const others = [start(t, memory), start(t, memory)];
  const turns = others.map(isReady);
  await Promise.all(others.map(({ worker }) => once(worker, 'online')));
  here.addReaderIfStuck(true, 0);
  await Promise.race(turns);
  here.addReaderIfStuck(true, 0);
  await Promise.all(turns);
});

test('a request that waits while others are taken gets no other thread', async (t) => {
  const { memory, here } = fullRota();
  const third = start(t, memory);
  const turn = isReady(third);
  await once(third.worker, 'online');
  here.addReaderIfStuck(true, 100);
  assert.equal(await settled(turn), 'pending');
});

test('it is crowded while more are ready than are enough', () => {
  const { here } = fullRota();
  assert.equal(here.isCrowded, false);
  here.addReaderIfStuck(true, 0);
  here.enter();
  assert.equal(here.isCrowded, false);
  here.addReaderIfStuck(false, 0);
  assert.equal(here.isCrowded, true);
});

test('when the volume is gone everybody gets a turn, to find out', async (t) => {
  const { memory, here } = fullRota();
  const others = [start(t, memory), start(t, memory)];
  const turns = others.map(isReady);
  here.dismiss();
  await Promise.all(turns);
});

/** Has it come about within what a thread needs to be woken? */
const settled = (turn: Promise<unknown>): Promise<'settled' | 'pending'> =>
  Promise.race([
    turn.then(() => 'settled' as const),
    new Promise<'pending'>((resolve) => setTimeout(() => resolve('pending'), 200)),
  ]);
