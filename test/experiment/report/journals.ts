/** Journals as text, for what reads them: of a run that went well, and of any other by what differs. */
import type { Tolerance, Tolerances } from '../../../experiment/file/tolerance.js';
import type { Outcome, Phase, RunEvent } from '../../../experiment/journal/events.js';
import { readJournal } from '../../../experiment/journal/read-journal.js';
import { type Report, reportOf } from '../../../experiment/report/report.js';

export type Line = readonly [atMs: number, runEvent: RunEvent];

const any: Tolerance = { failures: null, consecutive: null };

/** Of a probe that may fail once while faults are on. */
export const tolerances: Tolerances = {
  before: { ...any, successes: 3, stableForMs: 0 },
  during: { ...any, failures: 1 },
  after: { ...any, successes: 1, stableForMs: 3000 },
};

export const began: RunEvent = {
  type: 'run-began',
  experiment: 'hanging-disk',
  version: '0.1.0',
  startedAt: '2026-11-30T20:19:09.348Z',
  expected: {
    description: 'a page is there though the disk hangs',
    recoveryObjectiveMs: 10_000,
    minimumMeasurements: 3,
    minimumHits: 1,
    minimumOperationsPerSecond: null,
    probes: [{ name: 'page', kind: 'http', says: 'http://127.0.0.1:8093/ answers well', tolerances }],
    replication: null,
  },
};

export const measured = (phase: Phase, outcome: Outcome, tookMs: number, probe = 'page'): RunEvent => ({
  ...{ type: 'measured', probe, phase, outcome, tookMs },
  seen: outcome === 'Successful' ? `status 200 after ${tookMs} ms` : 'no answer within 2000 ms',
});

/** One failure under fault of four, which is tolerated. */
export const passed: readonly Line[] = [
  [0, began],
  [20, { type: 'command-began', pid: 4711 }],
  [200, measured('before', 'Failed', 2)],
  [500, measured('before', 'Successful', 30)],
  [700, measured('before', 'Successful', 10)],
  [900, measured('before', 'Successful', 20)],
  [1000, { type: 'phase-began', phase: 'during' }],
  [1000, { type: 'step-began', step: 'hang' }],
  [1001, { type: 'fault-asked', step: 'hang', fault: 'hang', sentence: 'disk freeze on read for 3s' }],
  [1100, { type: 'fault-armed', fault: 'hang' }],
  [1500, measured('during', 'Successful', 40)],
  [3600, measured('during', 'Failed', 2000)],
  [3900, measured('during', 'Successful', 300)],
  [4000, measured('during', 'Inconclusive', 5)],
  [4100, measured('during', 'Successful', 50)],
  [4200, { type: 'fault-counted', fault: 'hang', matched: 3, injected: 2 }],
  [4200, { type: 'step-ended', step: 'hang', outcome: 'done', message: 'hit 2 of 3 operations' }],
  [4200, { type: 'phase-began', phase: 'after' }],
  [4200, { type: 'recovered', part: 'faults-off', tookMs: 0.04 }],
  [4400, measured('after', 'Successful', 10)],
  [4400, { type: 'recovered', part: 'connections', tookMs: 200 }],
  [7400, { type: 'recovered', part: 'stable', tookMs: 200 }],
  [7400, { type: 'phase-began', phase: 'finally' }],
  [
    7400,
    {
      ...{ type: 'judged', verdict: 'Passed', data: 'Unknown', deviated: true, reason: 'HypothesisHeld' },
      message: 'the hypothesis held under 1 fault, and all was well again after 0.2 s (objective 10.0 s)',
    },
  ],
  [7400, { type: 'phase-began', phase: 'over' }],
];

const traffic = (acknowledged: number, refused: number, p50Ms: number | null): RunEvent => ({
  ...{ type: 'traffic', acknowledged, refused, unknown: 1, p50Ms, p99Ms: p50Ms === null ? null : p50Ms * 10 },
});

const lost = [7, 8, 9].map((number) => ({ number, atMs: 3000 + number }));

const ledgerLines: readonly Line[] = [
  [100, { type: 'ledger-began' }],
  [600, traffic(100, 0, 2)],
  [990, traffic(60, 0, 4)],
  [2000, traffic(50, 0, 6)],
  [3000, traffic(0, 20, null)],
  [4100, traffic(40, 3, 8)],
  [5000, traffic(90, 0, 3)],
  [
    7400,
    {
      type: 'ledger-read',
      result: {
        ...{ data: 'Lost', message: '3 of 340 acknowledged writes are lost' },
        ...{ startedAt: '2026-11-30T20:19:09.448Z', endedMs: 4900 },
        ...{ acknowledged: 340, lost: 3, stale: 0, duplicated: 0, corrupt: 0 },
        ...{ refused: { there: 0, gone: 23 }, unknown: { there: 2, gone: 4 } },
        ...{ registers: null, registerOperations: 0, illegalRegisters: [] },
        unavailable: [{ fromMs: 1900, toMs: 3400 }],
        latency: { p50Ms: 3, p90Ms: 8, p99Ms: 60, maxMs: 90 },
        examples: { lost, stale: [], duplicated: [], corrupt: [], refusedAndThere: [] },
      },
    },
  ],
];

/** The same with a ledger that lost three writes. */
export const lostWrites: readonly Line[] = [
  ...[...passed.slice(0, -2), ...ledgerLines].toSorted(([one], [other]) => one - other),
  [
    7400,
    {
      ...{ type: 'judged', verdict: 'Failed', data: 'Lost', deviated: true, reason: 'DataLost' },
      message: '3 of 340 acknowledged writes are lost',
    },
  ],
];

const replication = {
  name: 'Replication',
  kind: 'postgres',
  says: 'postgres: value < 1.0',
  tolerances: { ...tolerances, during: any },
};

const lag = (phase: Phase, value: number): RunEvent => ({
  ...{ type: 'measured', probe: 'Replication', phase, outcome: value < 1 ? 'Successful' : 'Failed' },
  ...{ tookMs: 4, value, seen: `answer ${value} after 4 ms` },
});

/** Of a ledger that lost nothing and whose registers were checked, and a replica that is behind for a while. */
const behindLines: readonly Line[] = [
  ...lostWrites.slice(0, -1).map(([atMs, runEvent]): Line => {
    if (runEvent.type === 'run-began')
      return [
        atMs,
        { ...runEvent, expected: { ...runEvent.expected, replication, minimumOperationsPerSecond: 40 } },
      ];
    if (runEvent.type !== 'ledger-read') return [atMs, runEvent];
    const { examples } = runEvent.result;
    const intact = { data: 'Intact', lost: 0, message: 'all 340 acknowledged writes are there' } as const;
    const registers = { registers: 'Ok', registerOperations: 1234 } as const;
    return [
      atMs,
      {
        ...runEvent,
        result: { ...runEvent.result, ...intact, ...registers, examples: { ...examples, lost: [] } },
      },
    ];
  }),
  ...[0.1, 0.2].map((value, index): Line => [500 + index * 400, lag('before', value)]),
  ...[0.1, 1.5, 2.5].map((value, index): Line => [1500 + index * 900, lag('during', value)]),
  ...[1.25, 0.3, 0].map((value, index): Line => [4500 + index * 900, lag('after', value)]),
  [5400, { type: 'recovered', part: 'replication', tookMs: 1200 }],
  [
    7400,
    {
      ...{
        type: 'judged',
        verdict: 'Inconclusive',
        data: 'Intact',
        deviated: true,
        reason: 'TooLittleTraffic',
      },
      message: 'the ledger had 28.1 acknowledged writes a second while faults were on; expected at least 40',
    },
  ],
];

export const behind = behindLines.toSorted(([one], [other]) => one - other);

export const textOf = (lines: readonly Line[]): string =>
  lines.map(([atMs, runEvent]) => `${JSON.stringify({ atMs, ...runEvent })}\n`).join('');

export function reportOfLines(lines: readonly Line[], path = 'runs/a.jsonl'): Report {
  const reading = readJournal(textOf(lines));
  if (reading.kind === 'problem') throw new Error(`line ${reading.line} ${reading.message}`);
  return reportOf(reading.journal, path);
}

/** The run that went well, with other words in the place of some of its events. */
export const passedBut = (change: (runEvent: RunEvent) => RunEvent): readonly Line[] =>
  passed.map(([atMs, runEvent]) => [atMs, change(runEvent)]);

/** What would break out of a report that puts text into it as it is. */
export const hostile = `<script>alert(1)</script>"'</svg></style>]]>&amp;|\`\u0000\u001b[31m\u202efdp.\uffff\ud800@all`;

/** Hostile in every text that a journal has. */
export const hostileRun: readonly Line[] = passedBut((runEvent) => {
  switch (runEvent.type) {
    case 'run-began':
      return {
        ...{ ...runEvent, experiment: hostile, version: hostile },
        expected: {
          ...runEvent.expected,
          description: hostile,
          probes: [{ name: hostile, kind: hostile, says: hostile, tolerances }],
        },
      };
    case 'measured':
      return { ...runEvent, probe: hostile, seen: hostile };
    case 'step-began':
      return { ...runEvent, step: hostile };
    case 'fault-asked':
      return { ...runEvent, step: hostile, fault: hostile, sentence: hostile };
    case 'fault-armed':
    case 'fault-counted':
      return { ...runEvent, fault: hostile };
    case 'step-ended':
      return { ...runEvent, step: hostile, message: hostile, outcome: 'failed' };
    case 'judged':
      return { ...runEvent, verdict: 'Failed', reason: hostile, message: hostile };
    default:
      return runEvent;
  }
});
