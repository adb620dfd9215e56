/** Check `served`: does what the holder mounts reach the other containers, and is it there? */
import { sidecar } from '../../../core/pod-layout.js';
import { type MountEntry, parseMountinfo } from '../../../sidecar/linux/mountinfo.js';
import { readIfThere } from '../../../sidecar/linux/read-if-there.js';
import type { Check } from '../check.js';
import { broken, count, type Judgement, ok } from '../finding.js';
import { ourMounts } from '../machine/mountinfo.js';
import type { PodPlace } from './pod-place.js';

export interface ServedFacts {
  readonly served: string;
  readonly entries: readonly MountEntry[];
}

export const servedDirectory = ({ paths }: PodPlace): Check => ({
  name: 'served',
  look: () =>
    judgeServed({
      served: paths.served,
      entries: parseMountinfo(readIfThere('/proc/self/mountinfo') ?? ''),
    }),
});

export function judgeServed({ served, entries }: ServedFacts): readonly Judgement[] {
  const directory = entries.findLast(({ mountpoint }) => mountpoint === served);
  const volumes = ourMounts(entries).filter(({ mountpoint }) => mountpoint.startsWith(`${served}/`));
  const troubles: Judgement[] = [];
  if (directory?.shared !== true)
    troubles.push(
      broken({
        subject: served,
        found: directory?.follows
          ? 'mounts of the node come in, but none of ours gets out (it has master:, and not shared:)'
          : 'it is private: no mount of ours leaves this container',
        follows: 'the app sees an empty directory in memory instead of its disk',
        mend: [
          "on the node, whose kubelet's root must be on a shared mount: mount --make-rshared /",
          'then have the pod recreated: kubectl delete pod POD',
        ],
      }),
    );
  if (volumes.length === 0)
    troubles.push(
      broken({
        subject: served,
        found: 'no volume is mounted',
        follows: `${sidecar.faults} has not asked for one yet, so it does not start, and nor does the app`,
        mend: [`kubectl logs POD -c ${sidecar.faults}`],
      }),
    );
  if (troubles.length > 0) return troubles;
  return [ok(`${count(volumes.length, 'volume')} mounted, and shared with the other containers`)];
}
