/** What waits, and what cuts it short. */
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Alarm } from '../../core/alarm.js';
import { inTime, sleep, within } from '../../core/sleep.js';
import { ManualClock } from './manual-clock.js';

const none = Number.POSITIVE_INFINITY;

function asleep(ms: number, signal?: AbortSignal) {
  const clock = new ManualClock();
  let isOver = false;
  const over = sleep(ms, { clock, ...(signal && { signal }) }).then(() => {
    isOver = true;
  });
  return { clock, over, isOver: () => isOver };
}

test('sleep() lasts as long as the clock says', async () => {
  const { clock, over, isOver } = asleep(100);
  clock.advance(99);
  await Promise.resolve();
  assert.equal(isOver(), false);
  clock.advance(1);
  await over;
});

test('a signal ends a sleep, and leaves neither timer nor listener', async () => {
  const stop = new AbortController();
  const { clock, over } = asleep(100, stop.signal);
  assert.equal(getEventListeners(stop.signal, 'abort').length, 1);
  stop.abort();
  await over;
  assert.equal(clock.nextInMs(), none);
  assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
});

test('a sleep that ends by itself leaves no listener at a signal that lives on', async () => {
  const { signal } = new AbortController();
  const { clock, over } = asleep(100, signal);
  clock.advance(100);
  await over;
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a signal that is aborted already lets nobody sleep', async () => {
  const { clock, over } = asleep(100, AbortSignal.abort());
  await over;
  assert.equal(clock.nextInMs(), none);
});

test('an alarm that rings before the wait is not lost, and rings again after each reset', async () => {
  const alarm = new Alarm();
  for (let round = 0; round < 3; round++) {
    assert.equal(alarm.hasRung, false);
    alarm.ring();
    alarm.ring();
    assert.equal(alarm.hasRung, true);
    await asleep(100, alarm.signal).over;
    alarm.reset();
    const { over, isOver } = asleep(100, alarm.signal);
    await Promise.resolve();
    assert.equal(isOver(), false);
    alarm.ring();
    await over;
    alarm.reset();
  }
});

test('a reset without a ring leaves who sleeps asleep, and still to be woken', async () => {
  const alarm = new Alarm();
  const { over } = asleep(100, alarm.signal);
  alarm.reset();
  alarm.ring();
  await over;
});

test('within() waits for work, but no longer than its bound, and leaves no timer', async () => {
  const clock = new ManualClock();
  await within(100, Promise.resolve(), clock);
  assert.equal(clock.nextInMs(), none);
  const late = within(100, new Promise(() => {}), clock);
  clock.advance(100);
  await late;
  await assert.rejects(within(100, Promise.reject(new Error('no')), clock), { message: 'no' });
  assert.equal(clock.nextInMs(), none);
});

test('work that fails after its bound fails nobody', async () => {
  const clock = new ManualClock();
  let fail: (error: Error) => void = () => {};
  const work = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const late = within(100, work, clock);
  clock.advance(100);
  await late;
  fail(new Error('too late'));
  await new Promise((resolve) => setImmediate(resolve));
});

test('inTime() gives what work comes to, or what is said where it is late, and leaves no timer', async () => {
  const clock = new ManualClock();
  const late = (): string => 'late';
  assert.equal(await inTime(Promise.resolve('done'), { ms: 100, clock, late }), 'done');
  assert.equal(clock.nextInMs(), none);
  const waiting = inTime(new Promise<string>(() => undefined), { ms: 100, clock, late });
  clock.advance(100);
  assert.equal(await waiting, 'late');
  const refusing = inTime(new Promise<string>(() => undefined), {
    ms: 100,
    clock,
    late: () => {
      throw new Error('too late');
    },
  });
  clock.advance(100);
  await assert.rejects(refusing, /too late/);
  await assert.rejects(inTime(Promise.reject(new Error('no')), { ms: 100, clock, late }), /no/);
  assert.equal(clock.nextInMs(), none);
});
