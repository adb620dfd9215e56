/**
 * Check `clocks`: a node's clock beside the API server's. `until TIME` and logs go by the node's.
 *
 *     kubelet writes its own time into its Lease ─► API server notes its own time of that write (managedFields)
 *
 * The two were read within one request of each other, so what they differ by is the skew, to the second that the API
 * server notes and the time the request took. Whoever runs the doctor may have any clock: it is not asked. Where that
 * note is missing, a Lease that was renewed in the future still tells of a clock that is ahead.
 */

import { valueAt } from '../../../core/json.js';
import { broken, count, type Judgement, ok, unknown, warning } from '../finding.js';
import type { Cluster } from './cluster.js';
import type { ClusterCheck } from './cluster-check.js';
import { seenNode } from './nodes.js';
import { instantAt, listAt, nameOf } from './objects.js';

export interface SeenClock {
  readonly node: string;
  readonly isReady: boolean;
  /** By the node's clock; null: it has no Lease. */
  readonly renewedMs: number | null;
  /** The same moment by the API server's clock; null: it did not note it. */
  readonly notedMs: number | null;
  readonly nowMs: number;
}

export const clocks: ClusterCheck = {
  name: 'clocks',
  look: async (cluster) => judgeClocks(await gather(cluster)),
};

async function gather(cluster: Cluster): Promise<readonly SeenClock[]> {
  const [nodes, leases] = await Promise.all([cluster.nodes(), cluster.leases()]);
  const { nowMs } = cluster;
  return nodes.map((node) => {
    const { name, isReady } = seenNode(node);
    const lease = leases.find((one) => nameOf(one) === name);
    return {
      node: name,
      isReady,
      nowMs,
      renewedMs: instantAt(lease, ['spec', 'renewTime']),
      notedMs: notedOf(lease),
    };
  });
}

/** Of the latest write that had the time of renewal in it. */
function notedOf(lease: unknown): number | null {
  const times = listAt(lease, ['metadata', 'managedFields'])
    .filter((entry) => valueAt(entry, ['fieldsV1', 'f:spec', 'f:renewTime']) !== undefined)
    .flatMap((entry) => instantAt(entry, ['time']) ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

/** The note has whole seconds, and a request of the kubelet may take one. */
export const clockBounds = {
  seenMs: 2000,
  warningMs: 5000,
  brokenMs: 60_000,
  renewalMs: 10_000,
  lateMs: 40_000,
} as const;

export function judgeClocks(seen: readonly SeenClock[]): readonly Judgement[] {
  if (seen.length === 0) return [ok('there are no nodes')];
  const judged = seen.map(judgeClock);
  const troubles = judged.filter(({ verdict }) => verdict !== 'ok');
  const well = judged.length - troubles.length;
  if (well === 0) return troubles;
  return [
    ...troubles,
    ok(
      `${count(well, 'node')} within ${clockBounds.warningMs / 1000} s of the API server (seen to ${clockBounds.seenMs / 1000} s)`,
    ),
  ];
}

function judgeClock(clock: SeenClock): Judgement {
  const { node: subject, renewedMs, notedMs } = clock;
  if (renewedMs === null) return unknown({ subject, found: 'it has no Lease in kube-node-lease' });
  return notedMs === null ? judgeByNow(clock, renewedMs) : judgeSkew(subject, renewedMs - notedMs);
}

function judgeSkew(subject: string, skewMs: number): Judgement {
  const offMs = Math.abs(skewMs);
  if (offMs < clockBounds.warningMs) return ok('', subject);
  const way = skewMs > 0 ? 'ahead of' : 'behind';
  const trouble = {
    subject,
    found: `its clock is ${(offMs / 1000).toFixed(0)} s ${way} the API server's`,
    follows: `a fault with \`until\` ends that much ${skewMs > 0 ? 'early' : 'late'} there; \`for\` does not mind`,
    mend: [`on the node: chronyc makestep, or systemctl restart systemd-timesyncd; then timedatectl`],
  };
  return offMs >= clockBounds.brokenMs ? broken(trouble) : warning(trouble);
}

/** Renewed each 10 s: a clock that is behind by less looks like a Lease that is due soon. */
function judgeByNow({ node: subject, nowMs, isReady }: SeenClock, renewedMs: number): Judgement {
  const aheadMs = renewedMs - nowMs;
  if (aheadMs > clockBounds.seenMs) return judgeSkew(subject, Math.max(aheadMs, clockBounds.warningMs));
  const behindMs = -aheadMs - clockBounds.renewalMs;
  if (isReady && behindMs > clockBounds.lateMs) return judgeSkew(subject, -behindMs);
  return unknown({
    subject,
    found: `the API server did not note when its Lease was written: up to ${(clockBounds.lateMs + clockBounds.renewalMs) / 1000} s behind would not be seen`,
  });
}
