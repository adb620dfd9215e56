import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScheduleValue } from '../../../experiment/schedule/read-schedule-value.js';
import { readingOf, scheduleOf, specOf, template } from './times-of.js';

const problemsOf = (spec: object): readonly string[] => {
  const reading = readingOf(spec);
  return reading.kind === 'problems' ? reading.problems.map(({ message }) => message) : [];
};

test('what is not said has its usual value', () => {
  const { schedule, template: _, ...rest } = specOf({});
  assert.equal(schedule.text, '0 3 * * *');
  assert.deepEqual(rest, {
    ...{ timeZone: 'UTC', excludedDates: [], allowedWindows: [], concurrencyPolicy: 'Forbid' },
    ...{ successfulRunsHistoryLimit: 3, failedRunsHistoryLimit: 5, paused: false },
  });
});

test('crons and macros are read', () => {
  for (const schedule of ['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually'])
    assert.deepEqual(problemsOf({ schedule }), []);
  for (const schedule of ['*/15 9-17 * * MON-FRI', '0 0 L * *', '0 3 * * Sun#2', '0  3 1,15 jan-mar *'])
    assert.deepEqual(problemsOf({ schedule }), []);
});

const fields =
  'expected five fields of cron such as "0 3 * * Sun", or @hourly, @daily, @weekly, @monthly or @yearly';
const bad: readonly [spec: object, message: string][] = [
  [{ schedule: '* * * *' }, `spec.schedule: "* * * *" is not a time; ${fields}`],
  [{ schedule: '0 0 3 * * *' }, `spec.schedule: "0 0 3 * * *" is not a time; ${fields}`],
  [{ schedule: '@reboot' }, `spec.schedule: "@reboot" is not a time; ${fields}`],
  [{ schedule: '@every 1h' }, `spec.schedule: "@every 1h" is not a time; ${fields}`],
  [{ schedule: '61 * * * *' }, `spec.schedule: "61 * * * *": Invalid value for minute: 61; ${fields}`],
  [{ schedule: '? 3 * * *' }, `spec.schedule: "?" is no field of cron; ${fields}`],
  [{ schedule: '0 3 30 2 *' }, 'spec.schedule: "0 3 30 2 *" is on a day that never comes'],
  [{ schedule: 'TZ=UTC 0 3 * * *' }, 'spec.schedule: has a time zone within; expected it in timeZone'],
  [{ timeZone: 'Berlin' }, 'spec.timeZone: no time zone that is known'],
  [
    { excludedDates: ['2027-02-30'] },
    'spec.excludedDates[0]: "2027-02-30" is no date; expected a date such as 2026-12-24, 12-25 for every year, or 2026-12-20/2027-01-06',
  ],
  [
    { excludedDates: ['2027-02-03/2027-02-01'] },
    'spec.excludedDates[0]: 2027-02-03/2027-02-01 ends before it begins; expected 2027-02-01/2027-02-03',
  ],
  [
    { allowedWindows: [{ from: '09:00', to: '17:00' }] },
    'spec.schedule: no time of "0 3 * * *" is left by excludedDates and allowedWindows; expected one that is within',
  ],
  [
    { startingDeadline: '1s' },
    'spec.startingDeadline: out of range: from 10s to 7d is allowed; did you mean "10s"?',
  ],
  [
    { concurrencyPolicy: 'forbid' },
    'spec.concurrencyPolicy is "forbid"; expected one of Forbid, Allow, Replace',
  ],
  [{ schedul: '0 3 * * *' }, 'spec has no field "schedul"; did you mean "schedule"?'],
];

for (const [spec, message] of bad)
  test(`refuses ${JSON.stringify(spec)}`, () => {
    assert.deepEqual(problemsOf(spec), [message]);
  });

test('the experiment within is judged whole, each problem at its field, all at once', () => {
  const spec = {
    ...template.spec,
    steps: [{ fault: 'disk latency 10ms on fsync' }, { name: 'kill', kill: {} }],
    recoveryObjectiv: '3s',
  };
  const problems = problemsOf({ schedule: '@never', template: { spec } });
  assert.equal(problems.length, 4, problems.join('\n'));
  assert.match(
    problems.join('\n'),
    /^spec\.template\.spec\.steps\[0\]\.fault: in an experiment a fault says how long/m,
  );
  assert.match(problems.join('\n'), /did you mean "recoveryObjective"\?/);
});

test('what its parts together have wrong, and what would make every run fail, is told too', () => {
  const spec = {
    ...template.spec,
    paused: true,
    stop: {},
    steps: [{ ...template.spec.steps[0], target: 'dc' }],
  };
  assert.deepEqual(problemsOf({ template: { spec } }), [
    'spec.template.spec.steps[0].target: no target is called dc; did you mean db?',
    'spec.template.spec.paused: would have every run wait; expected spec.paused',
    'spec.template.spec.stop: would end every run as it begins; expected spec.paused',
  ]);
  assert.deepEqual(problemsOf({ template: { spec: { steps: [{ wait: { for: '1s' } }] } } }), [
    'spec.template.spec.targets: names no pods of a cluster; expected those that runs are about',
  ]);
});

test('a name that leaves no room for the time of a run is refused', () => {
  assert.equal(readScheduleValue(scheduleOf({}, 'n'.repeat(31))).kind, 'schedule');
  assert.equal(readScheduleValue(scheduleOf({}, 'n'.repeat(32))).kind, 'problems');
});
