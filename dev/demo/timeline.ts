/**
 * What is done in a demo, and when: one table for both environments. A disk lags, fails, fills up and freezes, a replica is
 * cut off, the process that serves disk and network dies; on a cluster a pod is deleted at last. Between them it is calm,
 * and what was held up goes on.
 */
import type { Action, Disturbance } from './action.js';

export interface Timeline {
  readonly actions: readonly Action[];
  /** In all, the last calm included. */
  readonly seconds: number;
}

export interface TimelineOptions {
  /** Where PostgreSQL keeps the table that every transaction reads from, below the volume. */
  readonly tableFile: string;
  /** The sentence that parts the replica from the database. */
  readonly cutOff: string;
  /** Only on a cluster. */
  readonly deletion?: Disturbance;
  /** Three actions of seven, with little calm, for who is in a hurry. */
  readonly quick?: boolean;
}

interface Row {
  readonly name: string;
  readonly title: string;
  /** Seconds of the action, and of the calm after it; a cluster is shown for longer, so less of each is. */
  readonly local: Times;
  readonly cluster: Times;
  readonly disturbance: Disturbance | undefined;
}

type Times = readonly [forS: number, calmS: number];

const calmFirstS = { local: 6, cluster: 5 };
const quickCalmS = 2;
const quickActions: readonly string[] = ['frozen', 'cut-off', 'deleted'];

export function timelineOf(options: TimelineOptions): Timeline {
  const where = options.deletion ? 'cluster' : 'local';
  const { quick = false } = options;
  const actions: Action[] = [];
  let nextS = quick ? quickCalmS : calmFirstS[where];
  for (const { name, title, disturbance, [where]: times } of rows(options)) {
    if (!disturbance || (quick && !quickActions.includes(name))) continue;
    const [forS, calmS] = times;
    actions.push({ name, title, fromS: nextS, toS: nextS + forS, disturbance });
    nextS += forS + (quick ? Math.min(calmS, quickCalmS) : calmS);
  }
  return { actions, seconds: Math.ceil(nextS) };
}

const fault = (sentence: string): Disturbance => ({ kind: 'fault', sentence });

const rows = ({ tableFile, cutOff, deletion }: TimelineOptions): readonly Row[] => [
  {
    ...{ name: 'slow-wal', title: 'slow fsync', local: [8, 4], cluster: [7, 3] },
    disturbance: fault('disk latency 60ms jitter 20ms on fsync in pg_wal/**'),
  },
  {
    ...{ name: 'bad-sector', title: 'EIO', local: [7, 4], cluster: [6, 3] },
    disturbance: fault(`disk error EIO on read in ${tableFile} chance 20%`),
  },
  {
    ...{ name: 'full', title: 'full', local: [7, 6], cluster: [6, 4] },
    disturbance: fault(`disk full after ${deletion ? '128Ki' : '1Mi'}`),
  },
  {
    ...{ name: 'frozen', title: 'freeze', local: [4.5, 4.5], cluster: [4.5, 4] },
    disturbance: fault('disk freeze for 4s'),
  },
  {
    ...{ name: 'cut-off', title: 'cut off', local: [8, 6], cluster: [6, 6] },
    disturbance: { kind: 'cut-off', sentence: cutOff },
  },
  {
    ...{ name: 'killed', title: 'SIGKILL', local: [6, 5], cluster: [6, 3] },
    disturbance: { kind: 'kill', times: 3 },
  },
  { name: 'deleted', title: 'deleted', local: [0, 0], cluster: [12, 4], disturbance: deletion },
];
