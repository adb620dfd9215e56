/** The timeline on a cluster: that of the local demo, real packets that are lost, and a pod that is deleted. */
import type { Deed } from '../act.js';
import { inTurn, type PlannedAct, type Timeline } from '../timeline.js';

export interface ClusterProps {
  /** Of the table that every transaction reads from, below the volume. */
  readonly tableFile: string;
  readonly replica: string;
  readonly deletion: Extract<Deed, { kind: 'own' }>;
  /** Three acts of seven, for who is in a hurry. */
  readonly quick: boolean;
}

const firstS = 5;
const quickCalmS = 2;
const quickActs: readonly string[] = ['frozen', 'cut-off', 'deleted'];

export function clusterTimeline(props: ClusterProps): Timeline {
  const all = planned(props);
  if (!props.quick) return inTurn(all, firstS);
  const chosen = all.filter(({ name }) => quickActs.includes(name));
  return inTurn(
    chosen.map((act) => ({ ...act, calmS: Math.min(act.calmS, quickCalmS) })),
    quickCalmS,
  );
}

const planned = ({ tableFile, replica, deletion }: ClusterProps): readonly PlannedAct[] => [
  {
    name: 'slow-wal',
    title: 'slow fsync',
    forS: 7,
    calmS: 3,
    deed: { kind: 'fault', sentence: 'disk latency 60ms jitter 20ms on fsync in pg_wal/**' },
  },
  {
    name: 'bad-sector',
    title: 'EIO',
    forS: 6,
    calmS: 3,
    deed: { kind: 'fault', sentence: `disk error EIO on read in ${tableFile} chance 20%` },
  },
  {
    name: 'full',
    title: 'full',
    forS: 6,
    calmS: 4,
    deed: { kind: 'fault', sentence: 'disk full after 128Ki' },
  },
  {
    name: 'frozen',
    title: 'freeze',
    forS: 4.5,
    calmS: 4,
    deed: { kind: 'fault', sentence: 'disk freeze for 4s' },
  },
  {
    name: 'cut-off',
    title: 'cut off',
    forS: 6,
    calmS: 6,
    deed: { kind: 'cut-off', sentence: `tcp partition with ${replica} for 6s` },
  },
  { name: 'killed', title: 'SIGKILL', forS: 6, calmS: 3, deed: { kind: 'kill', times: 3 } },
  { name: 'deleted', title: 'deleted', forS: 12, calmS: 4, deed: deletion },
];
