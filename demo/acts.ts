/** The timeline: a disk lags, fails, fills up, freezes, and at last loses the process that serves it. */
import type { Act } from './act.js';

export const demoSeconds = 76;

/** `tableFile` is where PostgreSQL keeps the table that every transaction reads from, below the volume. */
export const acts = (tableFile: string): readonly Act[] => [
  {
    name: 'slow-wal',
    title: 'slow fsync',
    fromS: 7,
    toS: 17,
    deed: { kind: 'fault', sentence: 'disk latency 60ms jitter 20ms on fsync in pg_wal/**' },
  },
  {
    name: 'bad-sector',
    title: 'EIO',
    fromS: 22,
    toS: 31,
    deed: { kind: 'fault', sentence: `disk error EIO on read in ${tableFile} chance 20%` },
  },
  {
    name: 'full',
    title: 'full',
    fromS: 36,
    toS: 45,
    deed: { kind: 'fault', sentence: 'disk full after 1Mi' },
  },
  {
    name: 'frozen',
    title: 'freeze',
    fromS: 53,
    toS: 58.5,
    deed: { kind: 'fault', sentence: 'disk freeze for 5s' },
  },
  { name: 'killed', title: 'SIGKILL', fromS: 64, toS: 70, deed: { kind: 'kill', times: 3 } },
];
