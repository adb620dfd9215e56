/**
 * The timeline: a disk lags, fails, fills up and freezes, a network falls silent, and at last both lose the
 * process that serves them.
 */
import type { Act } from '../act.js';

export const demoSeconds = 76;

export interface Props {
  /** Where PostgreSQL keeps the table that every transaction reads from, below the volume. */
  readonly tableFile: string;
  /** Through which the replica follows. */
  readonly replicaPort: number;
}

export const acts = ({ tableFile, replicaPort }: Props): readonly Act[] => [
  {
    name: 'slow-wal',
    title: 'slow fsync',
    fromS: 6,
    toS: 14,
    deed: { kind: 'fault', sentence: 'disk latency 60ms jitter 20ms on fsync in pg_wal/**' },
  },
  {
    name: 'bad-sector',
    title: 'EIO',
    fromS: 18,
    toS: 25,
    deed: { kind: 'fault', sentence: `disk error EIO on read in ${tableFile} chance 20%` },
  },
  {
    name: 'full',
    title: 'full',
    fromS: 29,
    toS: 36,
    deed: { kind: 'fault', sentence: 'disk full after 1Mi' },
  },
  {
    name: 'frozen',
    title: 'freeze',
    fromS: 42,
    toS: 46.5,
    deed: { kind: 'fault', sentence: 'disk freeze for 4s' },
  },
  {
    name: 'cut-off',
    title: 'cut off',
    fromS: 51,
    toS: 59,
    deed: { kind: 'cut-off', sentence: `tcp blackhole port ${replicaPort} for 8s` },
  },
  { name: 'killed', title: 'SIGKILL', fromS: 65, toS: 71, deed: { kind: 'kill', times: 3 } },
];
