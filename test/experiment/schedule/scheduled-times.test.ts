import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextScheduledMs, pastScheduled } from '../../../experiment/schedule/scheduled-times.js';
import { specOf } from './times-of.js';
import { type Shown, wallYear } from './wall-year.js';

const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'] as const;
const [from, to] = ['2027-01-01', '2028-01-01'];
/** What comes every hour takes long: from here on clocks are set, too. */
const autumn = '2027-09-30';
const hourMs = 3_600_000;

interface Rule {
  readonly schedule: string;
  readonly fits: (shown: Shown) => boolean;
  readonly isEveryHour?: boolean;
}

/** With times that clocks skip, and times that they show twice, of each of the zones. */
const rules: readonly Rule[] = [
  { schedule: '30 2 * * *', fits: ({ hour, minute }) => hour === 2 && minute === 30 },
  { schedule: '30 1 * * *', fits: ({ hour, minute }) => hour === 1 && minute === 30 },
  { schedule: '45 1,13 * * *', fits: ({ hour, minute }) => hour % 12 === 1 && minute === 45 },
  { schedule: '*/15 1-2 * * *', fits: ({ hour, minute }) => [1, 2].includes(hour) && minute % 15 === 0 },
  { schedule: '15 2 * * Sun', fits: (at) => at.hour === 2 && at.minute === 15 && at.weekday === 0 },
  { schedule: '0 0 1,15 * *', fits: (at) => at.hour + at.minute === 0 && [1, 15].includes(at.day) },
  { schedule: '0 */6 * * *', fits: ({ hour, minute }) => hour % 6 === 0 && minute === 0 },
  { schedule: '@hourly', fits: ({ minute }) => minute === 0, isEveryHour: true },
  { schedule: '45 * * * *', fits: ({ minute }) => minute === 45, isEveryHour: true },
];

const expectedOf = ({ fits, isEveryHour = false }: Rule, year: readonly Shown[]): readonly number[] => {
  const seen = new Set<string>();
  return year.filter(fits).flatMap(({ atMs, text }) => {
    const isAgain = seen.has(text);
    seen.add(text);
    return isAgain && !isEveryHour ? [] : [atMs];
  });
};

function scheduled(spec: object, fromMs: number, toMs: number): readonly number[] {
  const times = specOf(spec);
  const found: number[] = [];
  for (let atMs = nextScheduledMs(times, fromMs - 1); atMs !== null && atMs < toMs; ) {
    found.push(atMs);
    atMs = nextScheduledMs(times, atMs);
  }
  return found;
}

for (const timeZone of zones)
  test(`a year in ${timeZone} has each time once, none that clocks skip, and every hour each hour`, () => {
    const year = wallYear(timeZone, from, to);
    for (const rule of rules) {
      const fromMs = Date.parse(rule.isEveryHour ? autumn : from);
      const expected = expectedOf(rule, year).filter((atMs) => atMs >= fromMs);
      const found = scheduled({ schedule: rule.schedule, timeZone }, fromMs, Date.parse(to));
      assert.deepEqual(found.map(timeOf), expected.map(timeOf), rule.schedule);
    }
  });

const timeOf = (atMs: number): string => new Date(atMs).toISOString();

test('around a change of clocks every five minutes are five minutes apart', () => {
  const changes = [
    ['Europe/Berlin', '2027-03-28T01:00Z'],
    ['Europe/Berlin', '2027-10-31T01:00Z'],
    ['America/New_York', '2027-03-14T07:00Z'],
    ['America/New_York', '2027-11-07T06:00Z'],
    ['Australia/Lord_Howe', '2027-04-03T15:00Z'],
    ['Australia/Lord_Howe', '2027-10-02T15:30Z'],
  ] as const;
  for (const [timeZone, at] of changes) {
    const [fromMs, toMs] = [Date.parse(at) - 3 * hourMs, Date.parse(at) + 3 * hourMs];
    const found = scheduled({ schedule: '*/5 * * * *', timeZone }, fromMs, toMs);
    assert.equal(found.length, 72, timeZone);
    for (const [index, atMs] of found.entries()) assert.equal(atMs, fromMs + index * 300_000, timeZone);
  }
});

test('dates and hours that are left out have none, also where the cron has every minute', () => {
  const spec = {
    schedule: '* * * * *',
    timeZone: 'Europe/Berlin',
    excludedDates: ['12-24/12-26', '2027-12-27/2028-01-02'],
    allowedWindows: [{ days: ['Fri', 'Mon'], from: '09:00', to: '09:02', timeZone: 'Europe/Berlin' }],
  };
  assert.deepEqual(
    scheduled(spec, Date.parse('2027-12-16'), Date.parse('2028-01-08')).map(timeOf),
    ['2027-12-17', '2027-12-20', '2028-01-03', '2028-01-07'].flatMap((date) => [
      `${date}T08:00:00.000Z`,
      `${date}T08:01:00.000Z`,
    ]),
  );
});

test('a day that is left out ends where its zone has midnight, also where clocks change at midnight', () => {
  for (const [timeZone, date, first] of [
    ['Africa/Cairo', '2027-04-29', '2027-04-29T22:00:00.000Z'],
    ['Europe/Berlin', '2027-10-31', '2027-10-31T23:00:00.000Z'],
    ['Pacific/Auckland', '2027-06-01', '2027-06-01T12:00:00.000Z'],
  ] as const) {
    const times = specOf({ schedule: '* * * * *', timeZone, excludedDates: [date] });
    const withinMs = Date.parse(`${date}T00:00Z`);
    assert.equal(timeOf(nextScheduledMs(times, withinMs) ?? 0), first, timeZone);
  }
});

test('a leap day comes, and of a year that nobody looked at the latest time is found', () => {
  const leap = specOf({ schedule: '0 0 29 2 *' });
  assert.equal(timeOf(nextScheduledMs(leap, Date.parse('2027-01-01')) ?? 0), '2028-02-29T00:00:00.000Z');
  const minutely = specOf({ schedule: '* * * * *', timeZone: 'Europe/Berlin' });
  assert.deepEqual(pastScheduled(minutely, Date.parse('2026-01-01'), Date.parse('2027-01-01T00:00:30Z')), {
    latestMs: Date.parse('2027-01-01'),
    count: 100,
  });
  const rare = specOf({ schedule: '* 9 1 1 *' });
  assert.deepEqual(pastScheduled(rare, Date.parse('2026-01-01'), Date.parse('2027-12-01')), {
    latestMs: Date.parse('2027-01-01T09:59Z'),
    count: 100,
  });
});
