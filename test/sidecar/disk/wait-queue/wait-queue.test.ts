import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { limits } from '../../../../sidecar/disk/limits.js';
import { armedFaultsOf } from '../../../faults/armed-faults-of.js';
import { readFrame, writeFrame } from '../request.js';
import { messageOf, queueOnClock, stat, wait } from './queue-on-clock.js';

/** As FUSE gives a process that its mount's PID namespace does not hold. */
const unseen = 0;

const delayed = { delays: [{ slot: 0, ms: 200 }] } as const;
const frozen = { freezes: [{ slot: 0 }] } as const;
const nothing = armedFaultsOf();

test('what waits for nothing is carried out at once', (t) => {
  const waiting = queueOnClock(t);
  wait(waiting, stat(1), null);
  assert.deepEqual(waiting.happened(), ['1']);
  assert.equal(waiting.queue.size, 0);
});

test('a delay counts from when the request arrived, not from when it came to the queue', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk latency 200ms'));
  waiting.queue.wait(messageOf(stat(1), waiting.nowMs() - 50, delayed));
  waiting.queue.wait(messageOf(stat(2), waiting.nowMs() - 500, delayed));
  waiting.advance(1);
  assert.deepEqual(waiting.happened(), ['2']);
  waiting.advance(148);
  assert.deepEqual(waiting.happened(), []);
  waiting.advance(1);
  assert.deepEqual(waiting.happened(), ['1']);
});

test('what is frozen waits until its fault is gone, and then at once', (t) => {
  const waiting = queueOnClock(t);
  const armed = armedFaultsOf('disk freeze', 'disk latency 200ms');
  waiting.queue.follow(armed);
  wait(waiting, stat(1), frozen);
  waiting.advance(10_000);
  waiting.queue.follow({ ...armed, version: 2 });
  assert.deepEqual(waiting.happened(), [], 'still armed');
  waiting.queue.follow({ version: 3, faults: armed.faults.filter(({ slot }) => slot === 1) });
  assert.deepEqual(waiting.happened(), ['1']);
});

test('what comes under a plan that is gone already does not wait for it', (t) => {
  const waiting = queueOnClock(t);
  wait(waiting, stat(1), delayed);
  wait(waiting, stat(2), frozen);
  wait(waiting, stat(3), { throttles: [{ slot: 0, unit: 'operations', perSecond: 1 }] });
  assert.deepEqual(waiting.happened(), ['1', '2', '3']);
});

test('an error falls with its fault, however long the request waits for another', (t) => {
  const waiting = queueOnClock(t);
  const armed = armedFaultsOf('disk latency 200ms', 'disk error EIO');
  waiting.queue.follow(armed);
  const decision = { ...delayed, refusals: [{ slot: 1, errno: 'EIO' }] } as const;
  wait(waiting, stat(1), decision);
  waiting.advance(200);
  assert.deepEqual(waiting.last()?.decision?.refusals, decision.refusals, 'both armed');
  wait(waiting, stat(2), decision);
  waiting.queue.follow({ version: 2, faults: armed.faults.filter(({ slot }) => slot === 0) });
  waiting.advance(200);
  assert.deepEqual(waiting.last()?.decision?.refusals, []);
  assert.deepEqual(waiting.happened(), ['1', '2']);
});

test('quotas, cuts and flips fall each with its own fault', (t) => {
  const waiting = queueOnClock(t);
  const armed = armedFaultsOf(
    'disk latency 200ms',
    'disk full after 1Ki',
    'disk short 1',
    'disk corrupt 1 bits',
  );
  waiting.queue.follow(armed);
  const decision = {
    ...delayed,
    quotas: [{ slot: 1, afterBytes: 1024 }],
    cuts: [{ slot: 2, bytes: 1 }],
    flips: [{ slot: 3, bits: 1, seed: 1 }],
  };
  for (const gone of [1, 2, 3]) {
    waiting.queue.follow(armed);
    wait(waiting, stat(gone), decision);
    waiting.queue.follow({ version: 2, faults: armed.faults.filter(({ slot }) => slot !== gone) });
    waiting.advance(200);
    const { quotas, cuts, flips } = waiting.last()?.decision ?? assert.fail();
    assert.deepEqual(
      [quotas.length, cuts.length, flips.length],
      [gone === 1 ? 0 : 1, gone === 2 ? 0 : 1, gone === 3 ? 0 : 1],
    );
  }
});

test('what is delayed and throttled and frozen waits for all of it', (t) => {
  const waiting = queueOnClock(t);
  const armed = armedFaultsOf('disk latency 200ms', 'disk throttle 10 iops', 'disk freeze');
  waiting.queue.follow(armed);
  const decision = {
    ...delayed,
    freezes: [{ slot: 2 }],
    throttles: [{ slot: 1, unit: 'operations', perSecond: 10 }],
  } as const;
  wait(waiting, stat(1), decision);
  waiting.advance(1000);
  waiting.queue.follow({ version: 2, faults: armed.faults.filter(({ slot }) => slot !== 2) });
  assert.deepEqual(waiting.happened(), ['1']);
});

test('a throttle lets through what it says in a second', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk throttle 10 iops'));
  const throttles = [{ slot: 0, unit: 'operations', perSecond: 10 }] as const;
  for (let unique = 1; unique <= 30; unique++) wait(waiting, stat(unique), { throttles });
  assert.equal(waiting.happened().length, 1, 'one at once');
  waiting.advance(1000);
  assert.equal(waiting.happened().length, 10);
  waiting.advance(1000);
  assert.equal(waiting.happened().length, 10);
});

test('a throttle of bytes counts what is read and written', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk throttle 1Mi/s'));
  const throttles = [{ slot: 0, unit: 'bytes', perSecond: 2 ** 20 }] as const;
  for (let i = 0; i < 8; i++) {
    wait(waiting, writeFrame(2, 1, 0, Buffer.alloc(256 * 1024)), { throttles });
  }
  for (let i = 0; i < 8; i++) wait(waiting, readFrame(3, 1, 0, 256 * 1024), { throttles });
  waiting.happened();
  waiting.advance(1000);
  assert.equal(waiting.happened().length, 4);
});

test('who is given up takes nothing of a throttle', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk throttle 10 iops'));
  const throttles = [{ slot: 0, unit: 'operations', perSecond: 10 }] as const;
  wait(waiting, stat(1), { throttles });
  const gone = goneProcess();
  for (let unique = 2; unique <= 9; unique++) wait(waiting, stat(unique, 2, gone), { throttles });
  wait(waiting, stat(10), { throttles });
  for (let unique = 2; unique <= 9; unique++) waiting.queue.interrupt('data', unique, 0);
  waiting.happened();
  waiting.advance(100);
  assert.deepEqual(waiting.happened(), ['10']);
});

test('past the most that may wait, the one that waits longest is let through and counted', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  for (let unique = 1; unique <= limits.waiting; unique++) wait(waiting, stat(unique), frozen);
  assert.deepEqual(waiting.happened(), []);
  wait(waiting, stat(limits.waiting + 1), frozen);
  wait(waiting, stat(limits.waiting + 2), frozen);
  assert.deepEqual(waiting.happened(), ['1', '2']);
  assert.deepEqual([waiting.queue.size, waiting.queue.overflows], [limits.waiting, 2]);
});

test('past the most bytes that may wait, those that wait longest are let through and counted', (t) => {
  const write = (bytes: number, at: number): Buffer => writeFrame(2, 1, at, Buffer.alloc(bytes));
  const waiting = queueOnClock(t, 4 * 2 ** 20);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  for (let at = 0; at < 10; at++) wait(waiting, write(2 ** 20, at), frozen);
  assert.deepEqual([waiting.queue.size, waiting.queue.overflows, waiting.happened().length], [3, 7, 7]);
  for (let at = 0; at < 100; at++) wait(waiting, write(512, at), frozen);
  assert.deepEqual([waiting.queue.size, waiting.queue.overflows], [103, 7]);
  waiting.queue.follow(armedFaultsOf());
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  for (let at = 0; at < 3; at++) wait(waiting, write(2 ** 20, at), frozen);
  assert.deepEqual(
    [waiting.queue.size, waiting.queue.overflows],
    [3, 7],
    'what went is not counted any more',
  );
});

test('one request waits however large it is', (t) => {
  const waiting = queueOnClock(t, 1024);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  for (const at of [1, 2]) wait(waiting, writeFrame(2, 1, at, Buffer.alloc(2 ** 20)), frozen);
  assert.deepEqual([waiting.queue.size, waiting.queue.overflows], [1, 1]);
});

test('a signal that does not end a process does not end its wait', async (t) => {
  const waiting = queueOnClock(t);
  const pid = await livingProcess(t);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  wait(waiting, stat(1, 2, pid), frozen);
  waiting.queue.interrupt('data', 1, 0);
  waiting.advance(10 * limits.killCheckMs);
  assert.deepEqual(waiting.happened(), []);
});

test('a process in a namespace that cannot be looked into waits on, as on any disk', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  wait(waiting, stat(1, 2, unseen), frozen);
  waiting.queue.interrupt('data', 1, 0);
  waiting.advance(10 * limits.killCheckMs);
  assert.deepEqual(waiting.happened(), []);
  waiting.queue.follow(armedFaultsOf());
  assert.deepEqual(waiting.happened(), ['1']);
});

test('a process that is killed later is let go then', async (t) => {
  const waiting = queueOnClock(t);
  const child = spawn('sleep', ['60']);
  t.after(() => child.kill('SIGKILL'));
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  wait(waiting, stat(1, 2, child.pid), frozen);
  waiting.queue.interrupt('data', 1, 0);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  waiting.advance(limits.killCheckMs);
  assert.deepEqual(waiting.happened(), ['1 EINTR']);
});

test('an interrupt that overtook its request finds it when it comes', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  waiting.queue.interrupt('data', 1, 0);
  wait(waiting, stat(1, 2, goneProcess()), frozen);
  wait(waiting, stat(2, 2, goneProcess()), frozen);
  assert.deepEqual(waiting.happened(), ['1 EINTR']);
});

test('of interrupts whose requests never come the oldest are forgotten', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  for (let unique = 1; unique <= limits.earlyInterrupts + 1; unique++)
    waiting.queue.interrupt('data', unique, 0);
  wait(waiting, stat(1, 2, goneProcess()), frozen);
  wait(waiting, stat(2, 2, goneProcess()), frozen);
  assert.deepEqual(waiting.happened(), ['2 EINTR']);
});

test('an interrupt is for one volume and one number of 64 bits', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  wait(waiting, stat(1, 2, goneProcess()), frozen);
  waiting.queue.interrupt('wal', 1, 0);
  waiting.queue.interrupt('data', 1, 1);
  assert.deepEqual(waiting.happened(), []);
  waiting.queue.interrupt('data', 1, 0);
  assert.deepEqual(waiting.happened(), ['1 EINTR']);
});

test('the ranges of what waits are known: the kernel holds their pages', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  wait(waiting, readFrame(2, 1, 8192, 4096), frozen);
  wait(waiting, writeFrame(2, 1, 2 ** 33, Buffer.alloc(100)), frozen);
  wait(waiting, readFrame(3, 1, 0, 4096), frozen);
  wait(waiting, stat(4, 2), frozen);
  assert.deepEqual(waiting.queue.lockedRanges('data', 2), [
    { offset: 8192, bytes: 4096 },
    { offset: 2 ** 33, bytes: 100 },
  ]);
  assert.deepEqual(waiting.queue.lockedRanges('wal', 2), []);
  waiting.queue.follow(nothing);
  assert.deepEqual(waiting.queue.lockedRanges('data', 2), []);
});

test('a queue that is closed lets everything go', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  wait(waiting, stat(1), frozen);
  wait(waiting, stat(2), frozen);
  waiting.queue.interrupt('data', 2, 0);
  waiting.queue.close();
  assert.deepEqual(waiting.happened(), ['1', '2']);
  assert.equal(waiting.queue.size, 0);
});

/** No process has a number above the largest that Linux gives. */
const goneProcess = (): number => 2 ** 22 + 1;

async function livingProcess(t: TestContext): Promise<number> {
  const child = spawn('sleep', ['60']);
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid ?? 0;
}
