/**
 * The timeline: a disk lags, fails, fills up and freezes, a network falls silent, and at last both lose the
 * process that serves them.
 */
import { inTurn, type PlannedAct, type Timeline } from '../timeline.js';

export interface Props {
  /** Where PostgreSQL keeps the table that every transaction reads from, below the volume. */
  readonly tableFile: string;
  /** Through which the replica follows. */
  readonly replicaPort: number;
}

const firstS = 6;

export const localTimeline = (props: Props): Timeline => inTurn(planned(props), firstS);

const planned = ({ tableFile, replicaPort }: Props): readonly PlannedAct[] => [
  {
    name: 'slow-wal',
    title: 'slow fsync',
    forS: 8,
    calmS: 4,
    deed: { kind: 'fault', sentence: 'disk latency 60ms jitter 20ms on fsync in pg_wal/**' },
  },
  {
    name: 'bad-sector',
    title: 'EIO',
    forS: 7,
    calmS: 4,
    deed: { kind: 'fault', sentence: `disk error EIO on read in ${tableFile} chance 20%` },
  },
  {
    name: 'full',
    title: 'full',
    forS: 7,
    calmS: 6,
    deed: { kind: 'fault', sentence: 'disk full after 1Mi' },
  },
  {
    name: 'frozen',
    title: 'freeze',
    forS: 4.5,
    calmS: 4.5,
    deed: { kind: 'fault', sentence: 'disk freeze for 4s' },
  },
  {
    name: 'cut-off',
    title: 'cut off',
    forS: 8,
    calmS: 6,
    deed: { kind: 'cut-off', sentence: `tcp blackhole port ${replicaPort} for 8s` },
  },
  { name: 'killed', title: 'SIGKILL', forS: 6, calmS: 5, deed: { kind: 'kill', times: 3 } },
];
