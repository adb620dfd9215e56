import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dueRuns } from '../../../experiment/schedule/due-runs.js';
import { specOf } from './times-of.js';

const minuteMs = 60_000;
const startMs = Date.parse('2027-03-27T12:00:30Z');

interface Look {
  /** Since the look before; below 0: the clock was set back. */
  readonly minutes: number;
  /** How long a run that is started now goes on. */
  readonly runMinutes: number;
  readonly paused: boolean;
}

const look: fc.Arbitrary<Look> = fc.record({
  minutes: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 900 }) },
    fc.integer({ min: -90, max: -1 }),
  ),
  runMinutes: fc.integer({ min: 0, max: 3000 }),
  paused: fc.boolean(),
});

const specs = fc.record({
  schedule: fc.constantFrom('30 2 * * *', '*/20 * * * *', '0 */6 * * *', '@hourly', '15 1,2 * * Sun'),
  timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
  concurrencyPolicy: fc.constantFrom('Forbid', 'Allow', 'Replace'),
  startingDeadline: fc.constantFrom('1m', '2h', '5d'),
});

test('however it is looked at, no time has two runs, later ones come later, and none before its time or after its deadline', () => {
  fc.assert(
    fc.property(specs, fc.array(look, { maxLength: 60 }), (given, looks) => {
      const spec = specOf(given);
      let nowMs = startMs;
      let lastMs: number | null = null;
      const ends: number[] = [];
      for (const { minutes, runMinutes, paused } of looks) {
        nowMs += minutes * minuteMs;
        const active = ends.filter((endMs) => endMs > nowMs).length;
        const { startMs: dueMs, nextMs } = dueRuns(
          { ...spec, paused },
          { sinceMs: startMs, lastMs, active },
          nowMs,
        );
        assert.ok(nextMs === null ? paused : nextMs > nowMs && nextMs > (lastMs ?? 0));
        if (dueMs === null) continue;
        assert.ok(!paused && dueMs <= nowMs && dueMs > startMs && dueMs % minuteMs === 0);
        assert.ok(lastMs === null || dueMs > lastMs);
        assert.ok(nowMs - dueMs <= (spec.startingDeadline ?? 0));
        assert.ok(given.concurrencyPolicy === 'Allow' || active === 0);
        lastMs = dueMs;
        ends.push(nowMs + runMinutes * minuteMs);
      }
    }),
    { numRuns: 150 },
  );
});
