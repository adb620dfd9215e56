import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { DiskDecision } from '../../../../faults/decision.js';
import { limits } from '../../../../sidecar/disk/limits.js';
import { planOf } from '../../../faults/plan-of.js';
import { readFrame, request, u32, u64, writeFrame } from '../request.js';
import { parking, type WaitingLot, waitingLot } from './waiting.js';

/** As FUSE gives a process that its mount's PID namespace does not hold. */
const unseen = 0;

const stat = (unique: number, nodeid = 2, pid = process.pid): Buffer =>
  request('GETATTR', { unique: BigInt(unique), nodeid, pid }, u32(0, 0), u64(0));

const park = ({ lot, nowMs }: WaitingLot, frame: Uint8Array, decision: Partial<DiskDecision> | null): void =>
  lot.park(parking(frame, nowMs(), decision));

const delayed = { causes: [0], delayMs: 200 } as const;
const frozen = { causes: [0], freeze: true } as const;
const nothing = planOf();

test('what waits for nothing is carried out at once', (t) => {
  const waiting = waitingLot(t);
  park(waiting, stat(1), null);
  assert.deepEqual(waiting.happened(), ['1']);
  assert.equal(waiting.lot.size, 0);
});

test('a delay counts from when the request arrived, not from when it was parked', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk latency 200ms'));
  waiting.lot.park(parking(stat(1), waiting.nowMs() - 50, delayed));
  waiting.lot.park(parking(stat(2), waiting.nowMs() - 500, delayed));
  waiting.advance(1);
  assert.deepEqual(waiting.happened(), ['2']);
  waiting.advance(148);
  assert.deepEqual(waiting.happened(), []);
  waiting.advance(1);
  assert.deepEqual(waiting.happened(), ['1']);
});

test('what is frozen waits until its fault is gone, and then at once', (t) => {
  const waiting = waitingLot(t);
  const plan = planOf('disk freeze', 'disk latency 200ms');
  waiting.lot.follow(plan);
  park(waiting, stat(1), frozen);
  waiting.advance(10_000);
  waiting.lot.follow({ ...plan, version: 2 });
  assert.deepEqual(waiting.happened(), [], 'still armed');
  waiting.lot.follow({ version: 3, faults: plan.faults.filter(({ slot }) => slot === 1) });
  assert.deepEqual(waiting.happened(), ['1']);
});

test('what comes under a plan that is gone already does not wait for it', (t) => {
  const waiting = waitingLot(t);
  park(waiting, stat(1), delayed);
  park(waiting, stat(2), frozen);
  park(waiting, stat(3), { throttles: [{ slot: 0, unit: 'operations', perSecond: 1 }] });
  assert.deepEqual(waiting.happened(), ['1', '2', '3']);
});

test('an error falls with its fault, however long the request waits for another', (t) => {
  const waiting = waitingLot(t);
  const plan = planOf('disk latency 200ms', 'disk error EIO');
  waiting.lot.follow(plan);
  const decision = { causes: [0, 1], delayMs: 200, error: 'EIO' } as const;
  park(waiting, stat(1), decision);
  waiting.advance(200);
  assert.equal(waiting.last()?.decision?.error, 'EIO', 'both armed');
  park(waiting, stat(2), decision);
  waiting.lot.follow({ version: 2, faults: plan.faults.filter(({ slot }) => slot === 0) });
  waiting.advance(200);
  assert.equal(waiting.last()?.decision?.error, null);
  assert.deepEqual(waiting.happened(), ['1', '2']);
});

test('quotas, cuts and flips fall each with its own fault', (t) => {
  const waiting = waitingLot(t);
  const plan = planOf('disk latency 200ms', 'disk full after 1Ki', 'disk short 1', 'disk corrupt 1 bits');
  waiting.lot.follow(plan);
  const decision = {
    ...delayed,
    quotas: [{ slot: 1, afterBytes: 1024 }],
    cuts: [{ slot: 2, bytes: 1 }],
    flips: [{ slot: 3, bits: 1, seed: 1 }],
  };
  for (const gone of [1, 2, 3]) {
    waiting.lot.follow(plan);
    park(waiting, stat(gone), decision);
    waiting.lot.follow({ version: 2, faults: plan.faults.filter(({ slot }) => slot !== gone) });
    waiting.advance(200);
    const { quotas, cuts, flips } = waiting.last()?.decision ?? assert.fail();
    assert.deepEqual(
      [quotas.length, cuts.length, flips.length],
      [gone === 1 ? 0 : 1, gone === 2 ? 0 : 1, gone === 3 ? 0 : 1],
    );
  }
});

test('what is delayed and throttled and frozen waits for all of it', (t) => {
  const waiting = waitingLot(t);
  const plan = planOf('disk latency 200ms', 'disk throttle 10 iops', 'disk freeze');
  waiting.lot.follow(plan);
  const decision = {
    causes: [0, 1, 2],
    delayMs: 200,
    freeze: true,
    throttles: [{ slot: 1, unit: 'operations', perSecond: 10 }],
  } as const;
  park(waiting, stat(1), decision);
  waiting.advance(1000);
  waiting.lot.follow({ version: 2, faults: plan.faults.filter(({ slot }) => slot !== 2) });
  assert.deepEqual(waiting.happened(), ['1']);
});

test('a throttle lets through what it says in a second', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk throttle 10 iops'));
  const throttles = [{ slot: 0, unit: 'operations', perSecond: 10 }] as const;
  for (let unique = 1; unique <= 30; unique++) park(waiting, stat(unique), { causes: [0], throttles });
  assert.equal(waiting.happened().length, 1, 'one at once');
  waiting.advance(1000);
  assert.equal(waiting.happened().length, 10);
  waiting.advance(1000);
  assert.equal(waiting.happened().length, 10);
});

test('a throttle of bytes counts what is read and written', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk throttle 1Mi/s'));
  const throttles = [{ slot: 0, unit: 'bytes', perSecond: 2 ** 20 }] as const;
  for (let i = 0; i < 8; i++) {
    park(waiting, writeFrame(2, 1, 0, Buffer.alloc(256 * 1024)), { causes: [0], throttles });
  }
  for (let i = 0; i < 8; i++) park(waiting, readFrame(3, 1, 0, 256 * 1024), { causes: [0], throttles });
  waiting.happened();
  waiting.advance(1000);
  assert.equal(waiting.happened().length, 4);
});

test('who is given up takes nothing of a throttle', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk throttle 10 iops'));
  const throttles = [{ slot: 0, unit: 'operations', perSecond: 10 }] as const;
  park(waiting, stat(1), { causes: [0], throttles });
  const gone = goneProcess();
  for (let unique = 2; unique <= 9; unique++)
    park(waiting, stat(unique, 2, gone), { causes: [0], throttles });
  park(waiting, stat(10), { causes: [0], throttles });
  for (let unique = 2; unique <= 9; unique++) waiting.lot.interrupt('data', unique, 0);
  waiting.happened();
  waiting.advance(100);
  assert.deepEqual(waiting.happened(), ['10']);
});

test('past the most that may wait, the one that waits longest is let through and counted', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk freeze'));
  for (let unique = 1; unique <= limits.parked; unique++) park(waiting, stat(unique), frozen);
  assert.deepEqual(waiting.happened(), []);
  park(waiting, stat(limits.parked + 1), frozen);
  park(waiting, stat(limits.parked + 2), frozen);
  assert.deepEqual(waiting.happened(), ['1', '2']);
  assert.deepEqual([waiting.lot.size, waiting.lot.overflows], [limits.parked, 2]);
});

test('a signal that does not end a process does not end its wait', async (t) => {
  const waiting = waitingLot(t);
  const pid = await livingProcess(t);
  waiting.lot.follow(planOf('disk freeze'));
  park(waiting, stat(1, 2, pid), frozen);
  waiting.lot.interrupt('data', 1, 0);
  waiting.advance(10 * limits.doomCheckMs);
  assert.deepEqual(waiting.happened(), []);
});

test('a process in a namespace that cannot be looked into waits on, as on any disk', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk freeze'));
  park(waiting, stat(1, 2, unseen), frozen);
  waiting.lot.interrupt('data', 1, 0);
  waiting.advance(10 * limits.doomCheckMs);
  assert.deepEqual(waiting.happened(), []);
  waiting.lot.follow(planOf());
  assert.deepEqual(waiting.happened(), ['1']);
});

test('a process that is killed later is let go then', async (t) => {
  const waiting = waitingLot(t);
  const child = spawn('sleep', ['60']);
  t.after(() => child.kill('SIGKILL'));
  waiting.lot.follow(planOf('disk freeze'));
  park(waiting, stat(1, 2, child.pid), frozen);
  waiting.lot.interrupt('data', 1, 0);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  waiting.advance(limits.doomCheckMs);
  assert.deepEqual(waiting.happened(), ['1 EINTR']);
});

test('an interrupt that overtook its request finds it when it comes', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk freeze'));
  waiting.lot.interrupt('data', 1, 0);
  park(waiting, stat(1, 2, goneProcess()), frozen);
  park(waiting, stat(2, 2, goneProcess()), frozen);
  assert.deepEqual(waiting.happened(), ['1 EINTR']);
});

test('of interrupts whose requests never come the oldest are forgotten', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk freeze'));
  for (let unique = 1; unique <= limits.earlyInterrupts + 1; unique++)
    waiting.lot.interrupt('data', unique, 0);
  park(waiting, stat(1, 2, goneProcess()), frozen);
  park(waiting, stat(2, 2, goneProcess()), frozen);
  assert.deepEqual(waiting.happened(), ['2 EINTR']);
});

test('an interrupt is for one volume and one number of 64 bits', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk freeze'));
  park(waiting, stat(1, 2, goneProcess()), frozen);
  waiting.lot.interrupt('wal', 1, 0);
  waiting.lot.interrupt('data', 1, 1);
  assert.deepEqual(waiting.happened(), []);
  waiting.lot.interrupt('data', 1, 0);
  assert.deepEqual(waiting.happened(), ['1 EINTR']);
});

test('the ranges of what waits are known: the kernel holds their pages', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk freeze'));
  park(waiting, readFrame(2, 1, 8192, 4096), frozen);
  park(waiting, writeFrame(2, 1, 2 ** 33, Buffer.alloc(100)), frozen);
  park(waiting, readFrame(3, 1, 0, 4096), frozen);
  park(waiting, stat(4, 2), frozen);
  assert.deepEqual(waiting.lot.lockedRanges('data', 2), [
    { offset: 8192, bytes: 4096 },
    { offset: 2 ** 33, bytes: 100 },
  ]);
  assert.deepEqual(waiting.lot.lockedRanges('wal', 2), []);
  waiting.lot.follow(nothing);
  assert.deepEqual(waiting.lot.lockedRanges('data', 2), []);
});

test('a lot that is closed lets everything go', (t) => {
  const waiting = waitingLot(t);
  waiting.lot.follow(planOf('disk freeze'));
  park(waiting, stat(1), frozen);
  park(waiting, stat(2), frozen);
  waiting.lot.interrupt('data', 2, 0);
  waiting.lot.close();
  assert.deepEqual(waiting.happened(), ['1', '2']);
  assert.equal(waiting.lot.size, 0);
});

/** No process has a number above the largest that Linux gives. */
const goneProcess = (): number => 2 ** 22 + 1;

async function livingProcess(t: TestContext): Promise<number> {
  const child = spawn('sleep', ['60']);
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid ?? 0;
}
