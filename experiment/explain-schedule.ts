/** A schedule in plain words: when it starts runs, and what each of them would do. Nothing is run. */
import { planOf } from './engine/plan.js';
import { explainPlan, type Paragraph } from './explain.js';
import { apiVersion, kind } from './file/experiment.js';
import type { Schedule, ScheduleSpec } from './schedule/schedule.js';
import { nextScheduledMs } from './schedule/scheduled-times.js';
import { offsetMs } from './schedule/wall-time.js';

const shown = 3;

export function explainSchedule({ metadata, spec }: Schedule, nowMs: number): readonly Paragraph[] {
  const { schedule, timeZone, paused } = spec;
  const times = nextTimes(spec, nowMs).map((atMs) => shownTime(timeZone, atMs));
  const experiment = {
    apiVersion,
    kind,
    metadata: { name: metadata.name },
    spec: spec.template.spec,
  } as const;
  return [
    {
      heading: 'When',
      lines: [
        `A run is started by ${JSON.stringify(schedule.text)} in ${timeZone}${paused ? ', but not while it is paused' : ''}.`,
        `The next times: ${times.join('; ')}.`,
        ...(spec.excludedDates.length === 0 ? [] : ['Days of excludedDates are left out of them.']),
      ],
    },
    ...explainPlan(planOf(experiment)),
  ];
}

/** Milliseconds of the Unix epoch; at most three. */
export function nextTimes(spec: ScheduleSpec, nowMs: number): readonly number[] {
  const times: number[] = [];
  for (let next = nextScheduledMs(spec, nowMs); next !== null && times.length < shown; ) {
    times.push(next);
    next = nextScheduledMs(spec, next);
  }
  return times;
}

/** As its clocks on the wall show it, and in UTC: `Tue 2026-12-08 03:00 (02:00 UTC)`. */
export function shownTime(timeZone: string, atMs: number): string {
  const wall = new Date(atMs + offsetMs(timeZone, atMs));
  const text = `${days[wall.getUTCDay()]} ${wall.toISOString().slice(0, 16).replace('T', ' ')}`;
  return timeZone === 'UTC' ? `${text} UTC` : `${text} (${new Date(atMs).toISOString().slice(11, 16)} UTC)`;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
