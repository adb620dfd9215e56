/** What is written of runs that the engine did not bring to their end: it could not begin, or could not go on. */
import type { JournalEvent } from '../experiment/journal/events.js';

export interface RefusedRun {
  readonly name: string;
  readonly version: string;
  readonly wallMs: number;
  /** What is wrong. */
  readonly message: string;
}

/** What it was asked for cannot be read. */
export const refusedRun = ({ name, version, wallMs, message }: RefusedRun): readonly JournalEvent[] => [
  {
    ...{ atMs: 0, type: 'run-began', experiment: name, version, startedAt: new Date(wallMs).toISOString() },
    expected: {
      ...{ description: '', recoveryObjectiveMs: 0, minimumMeasurements: 0, minimumHits: 0 },
      ...{ minimumOperationsPerSecond: null, probes: [], replication: null },
    },
  },
  {
    ...{ atMs: 0, type: 'judged', verdict: 'Error', data: 'Unknown', deviated: false },
    ...{ reason: 'Invalid', message: `nothing was started: ${message}` },
  },
  { atMs: 0, type: 'phase-began', phase: 'over' },
];

export interface LetGoRun {
  readonly reason: string;
  readonly why: string;
  /** What could not be seen to be off. */
  readonly left: readonly string[];
}

export function letGoRun({ reason, why, left }: LetGoRun): readonly JournalEvent[] {
  const off =
    left.length === 0
      ? 'whatever it had armed is off'
      : `nobody could say that it is off: ${left.join('; ')}`;
  return [
    {
      ...{ atMs: 0, type: 'judged', verdict: 'Error', data: 'Unknown', deviated: false },
      ...{ reason: left.length === 0 ? reason : 'FaultLeft', message: `${why}; ${off}` },
    },
    { atMs: 0, type: 'phase-began', phase: 'over' },
  ];
}
