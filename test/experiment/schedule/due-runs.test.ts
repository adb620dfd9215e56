import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DueRuns, dueRuns, type KnownRuns } from '../../../experiment/schedule/due-runs.js';
import { specOf } from './times-of.js';

const at = (text: string): number => Date.parse(`${text}Z`);
const sinceMs = at('2027-01-01T12:00');

const due = (spec: object, now: string, known: Partial<KnownRuns> = {}): DueRuns =>
  dueRuns(specOf(spec), { sinceMs, lastMs: null, active: 0, ...known }, at(now));

const told = ({ startMs, missedMs, nextMs, ...rest }: DueRuns) => ({
  start: textOf(startMs),
  missedAt: textOf(missedMs),
  next: textOf(nextMs),
  ...rest,
});
const textOf = (atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString().slice(0, 16));
const nothing = { start: null, missedAt: null, missed: 0, waitsFor: null };

test('before its time nothing is started, at its time one run, and none twice', () => {
  const next = { ...nothing, next: '2027-01-02T03:00' };
  assert.deepEqual(told(due({}, '2027-01-02T02:59:59.999')), next);
  const now = { ...nothing, start: '2027-01-02T03:00', next: '2027-01-03T03:00' };
  assert.deepEqual(told(due({}, '2027-01-02T03:00')), now);
  const known = { lastMs: at('2027-01-02T03:00') };
  assert.deepEqual(told(due({}, '2027-01-02T03:00', known)), { ...nothing, next: now.next });
});

test('times before it was created are nobody’s', () => {
  assert.equal(due({}, '2027-01-01T12:01').startMs, null);
});

test('a year of being paused, or without a controller, starts one run', () => {
  const paused = told(due({ paused: true, schedule: '* * * * *' }, '2028-01-01T00:00:30'));
  assert.deepEqual(paused, { ...nothing, next: null });
  assert.deepEqual(told(due({ schedule: '* * * * *' }, '2028-01-01T00:00:30')), {
    ...nothing,
    ...{ start: '2028-01-01T00:00', missed: 99, next: '2028-01-01T00:01' },
  });
});

test('what is late by more than its deadline is missed, and the next one comes', () => {
  const spec = { startingDeadline: '10m' };
  assert.equal(told(due(spec, '2027-01-02T03:10')).start, '2027-01-02T03:00');
  assert.deepEqual(told(due(spec, '2027-01-03T03:10:00.001')), {
    ...nothing,
    ...{ missedAt: '2027-01-03T03:00', missed: 2, next: '2027-01-04T03:00' },
  });
});

test('Forbid waits for a run that goes on for days, then starts one; Allow does not wait; Replace starts once it ended', () => {
  const days = { active: 1, lastMs: at('2027-01-02T03:00') };
  const waiting = { ...nothing, next: '2027-01-06T03:00', waitsFor: 'runs', missed: 2 };
  assert.deepEqual(told(due({}, '2027-01-05T12:00', days)), waiting);
  assert.deepEqual(told(due({ concurrencyPolicy: 'Replace' }, '2027-01-05T12:00', days)), waiting);
  for (const [spec, active] of [
    [{}, 0],
    [{ concurrencyPolicy: 'Allow' }, 1],
  ] as const)
    assert.deepEqual(told(due(spec, '2027-01-05T12:00', { ...days, active })), {
      ...nothing,
      ...{ start: '2027-01-05T03:00', missed: 2, next: '2027-01-06T03:00' },
    });
});

test('Forbid with a deadline shorter than the run goes on with the next time', () => {
  const spec = { startingDeadline: '1h' };
  const known = { lastMs: at('2027-01-02T03:00'), active: 1 };
  assert.equal(due(spec, '2027-01-03T03:30', known).waitsFor, 'runs');
  assert.equal(told(due(spec, '2027-01-03T05:00', { ...known, active: 0 })).missedAt, '2027-01-03T03:00');
  assert.equal(told(due(spec, '2027-01-04T03:00', { ...known, active: 0 })).start, '2027-01-04T03:00');
});

test('a run that is late waits for the window, and for a day that is not left out', () => {
  const allowedWindows = [{ days: ['Mon', 'Tue'], from: '02:00', to: '04:00' }];
  const spec = { allowedWindows, excludedDates: ['2027-01-12'] };
  assert.equal(due(spec, '2027-01-05T09:00', { lastMs: at('2027-01-04T03:00') }).waitsFor, 'window');
  assert.equal(
    told(due(spec, '2027-01-11T02:30', { lastMs: at('2027-01-04T03:00') })).start,
    '2027-01-05T03:00',
  );
  assert.equal(due(spec, '2027-01-12T03:00', { lastMs: at('2027-01-04T03:00') }).waitsFor, 'window');
});

test('clocks that step back start nothing twice; a time far ahead is of a wrong clock', () => {
  const known = { lastMs: at('2027-03-02T03:00') };
  assert.deepEqual(told(due({}, '2027-03-02T02:00', known)), { ...nothing, next: '2027-03-03T03:00' });
  assert.deepEqual(told(due({}, '2027-03-02T03:00', known)), { ...nothing, next: '2027-03-03T03:00' });
  const wrong = { sinceMs: at('2027-03-01T12:00'), lastMs: at('2029-01-01T03:00') };
  assert.equal(told(due({}, '2027-03-02T03:00', wrong)).start, '2027-03-02T03:00');
});
