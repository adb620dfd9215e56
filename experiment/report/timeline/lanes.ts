/** The lanes of the timeline, from the top: what was done, what was measured, the program under test, the recovery. */
import type { JournalEvent } from '../../journal/events.js';
import type { TrafficSpan } from '../ledger-report.js';
import { trafficOf } from '../ledger-report.js';
import type { Markup } from '../markup.js';
import type { Span } from '../phases.js';
import { hasLatency, isMeasured, type Measured, type ProbeReport } from '../probe-report.js';
import type { ProcessEvent, Report, StepReport } from '../report.js';
import { counted, duration, moment } from '../words.js';
import { bar, heights, isLearned, latencies, measurement, thinned } from './marks.js';
import type { Scale } from './scale.js';
import { valueLine } from './value-line.js';
import { writes } from './writes.js';

export interface Lane {
  readonly title: string;
  readonly note: string;
  readonly height: number;
  draw(scale: Scale, y: number): Markup | readonly Markup[];
}

/** More would be no picture any more; the tables have all. */
const most = { steps: 30, probes: 12 } as const;

export function lanesOf(report: Report, events: readonly JournalEvent[]): readonly Lane[] {
  const measured = events.filter(isMeasured);
  return [
    ...stepLanes(report),
    ...[...report.probes.slice(0, most.probes), ...(report.replication ? [report.replication] : [])].flatMap(
      (probe) =>
        probeLanes(
          probe,
          measured.filter((one) => one.probe === probe.name),
        ),
    ),
    ...ledgerLane(report, trafficOf(events)),
    ...commandLane(report),
    ...recoveryLane(report),
  ];
}

function stepLanes({ steps, faults }: Report): readonly Lane[] {
  const shown = steps.filter((step) => !isRest(step, faults));
  const lanes = shown.slice(0, most.steps).map(({ name, outcome, message, fromMs, toMs }): Lane => {
    const fault = faults.find(({ step }) => step === name);
    const says = `${name}: ${moment(fromMs)} to ${moment(toMs)}, ${outcome}`;
    const kind = outcome === 'failed' ? 'step failed' : fault === undefined ? 'step' : 'fault';
    return {
      title: name,
      note: [
        fault?.sentence,
        outcome === 'done' ? message : `${outcome}${message === '' ? '' : `: ${message}`}`,
      ]
        .filter((words) => words !== undefined && words !== '')
        .join(' · '),
      height: heights.lane,
      draw: (scale, y) => bar({ fromMs, toMs }, kind, { scale, y, says }),
    };
  });
  const left = shown.length - lanes.length;
  return left <= 0 ? lanes : [...lanes, empty(`and ${counted(left, 'more step')}, in the table below`)];
}

/** Nothing was done but to wait for a time: that is seen between the others, and the table below has it. */
const isRest = ({ name, outcome, message }: StepReport, faults: Report['faults']): boolean =>
  outcome === 'done' && message === '' && !faults.some(({ step }) => step === name);

const empty = (note: string): Lane => ({ title: '', note, height: 0, draw: () => [] });

function probeLanes(probe: ProbeReport, measured: readonly Measured[]): readonly Lane[] {
  const { name } = probe;
  const failed = measured.filter(({ outcome }) => outcome === 'Failed').length;
  const learned = measured.filter(isLearned);
  const unlearned = measured.length - learned.length;
  return [
    {
      title: `probe ${name}`,
      note: [
        counted(measured.length, 'measurement'),
        ...(failed > 0 ? [`${failed} failed`] : []),
        ...(unlearned > 0 ? [`${unlearned} said nothing`] : []),
      ].join(', '),
      height: heights.measurements,
      draw: (scale, y) => thinned(measured, scale).map((one) => measurement(one, scale, y)),
    },
    ...(learned.length === 0 || !hasLatency(probe)
      ? []
      : [
          {
            title: '',
            note: `latency of ${name}`,
            height: heights.plot,
            draw: (scale: Scale, y: number) => latencies(thinned(learned, scale), scale, y),
          },
        ]),
    ...valueLane(name, measured),
  ];
}

function valueLane(name: string, measured: readonly Measured[]): readonly Lane[] {
  const points = measured.flatMap(({ atMs, value }) => (value === undefined ? [] : [{ atMs, value }]));
  if (points.length === 0) return [];
  return [
    {
      ...{ title: '', note: `value of ${name}`, height: heights.plot },
      draw: (scale, y) => valueLine(points, scale, y),
    },
  ];
}

function ledgerLane({ ledger }: Report, spans: readonly TrafficSpan[]): readonly Lane[] {
  if (ledger === null) return [];
  const note = `writes a second, acknowledged and not; data ${ledger.data.toLowerCase()}`;
  return [
    {
      ...{ title: 'ledger', note, height: heights.writes },
      draw: (scale, y) => writes(spans, ledger.unavailable, { scale, y }),
    },
  ];
}

function commandLane({ processes, durationMs }: Report): readonly Lane[] {
  const lives = livesOf(processes, durationMs);
  const signals = processes.filter(({ kind }) => kind === 'signalled');
  if (lives.length === 0 && signals.length === 0) return [];
  return [
    {
      title: 'command',
      note: [counted(lives.length, 'start'), ...signals.map(({ message }) => message)].join(', '),
      height: heights.lane,
      draw: (scale, y) => [
        ...lives.map((life) => bar(life, 'command', { scale, y, says: 'the command runs' })),
        ...signals.map(({ atMs, message }) =>
          bar({ fromMs: atMs, toMs: atMs }, 'signal', { scale, y, says: message }),
        ),
      ],
    },
  ];
}

function livesOf(processes: readonly ProcessEvent[], durationMs: number): readonly Span[] {
  const turns = processes.filter(({ kind }) => kind !== 'signalled');
  return turns.flatMap(({ kind, atMs }, index) =>
    kind === 'began' ? [{ fromMs: atMs, toMs: turns[index + 1]?.atMs ?? durationMs }] : [],
  );
}

function recoveryLane({ recovery, phases, expected, durationMs }: Report): readonly Lane[] {
  const after = phases.find(({ phase }) => phase === 'after');
  if (after === undefined) return [];
  const stable = recovery.find(({ part }) => part === 'stable');
  const { fromMs } = after;
  const objective = duration(expected.recoveryObjectiveMs);
  const [note, toMs] =
    stable === undefined
      ? [`not well again; the objective is ${objective}`, durationMs]
      : [`${duration(stable.tookMs)}; the objective is ${objective}`, fromMs + stable.tookMs];
  const kind = stable !== undefined && stable.tookMs <= expected.recoveryObjectiveMs ? 'recovery' : 'late';
  const allowed = { fromMs, toMs: fromMs + expected.recoveryObjectiveMs };
  return [
    {
      title: 'recovery',
      note,
      height: heights.lane,
      draw: (scale, y) => [
        bar(allowed, 'objective', { scale, y, says: `the objective: ${objective}` }),
        bar({ fromMs, toMs }, kind, { scale, y, says: note }),
      ],
    },
  ];
}
