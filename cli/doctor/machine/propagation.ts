/** Check `propagation`: on a node, do mounts that a pod makes reach the others of it? */
import { type MountEntry, parseMountinfo } from '../../../sidecar/linux/mountinfo.js';
import { readIfThere } from '../../../sidecar/linux/read-if-there.js';
import type { Check } from '../check.js';
import { broken, type Judgement, ok } from '../finding.js';
import { mountOf } from './mountinfo.js';

export interface PropagationFacts {
  /** The kubelet's root; null: there is no kubelet here. */
  readonly root: string | null;
  readonly entries: readonly MountEntry[];
}

export const propagation: Check = { name: 'propagation', look: () => judgePropagation(gather()) };

const usualRoot = '/var/lib/kubelet';

/** As process 1 sees it, whose mounts are the kubelet's: where that is the node's. */
function gather(): PropagationFacts {
  const entries = parseMountinfo(
    readIfThere('/proc/1/mountinfo') ?? readIfThere('/proc/self/mountinfo') ?? '',
  );
  return { root: kubeletRoot(entries), entries };
}

/** From a pod's volumes, since distributions move it. */
export function kubeletRoot(entries: readonly MountEntry[]): string | null {
  const podMount = /^(.*)\/pods\/[0-9a-f-]{36}\/volumes\//;
  const found = entries
    .map(({ mountpoint }) => podMount.exec(mountpoint)?.[1])
    .find((root) => root !== undefined);
  if (found !== undefined) return found;
  return entries.some(({ mountpoint }) => mountpoint.startsWith(usualRoot)) ? usualRoot : null;
}

export function judgePropagation({ root, entries }: PropagationFacts): readonly Judgement[] {
  if (root === null) return [ok('no pods of a kubelet here, so nothing has to propagate')];
  const mount = mountOf(entries, root);
  if (mount?.shared === true) return [ok(`${root} is on a shared mount (${mount.mountpoint})`)];
  return [
    broken({
      subject: root,
      found: `it is on ${mount?.mountpoint ?? 'no mount that is seen'}, which is not shared`,
      follows:
        'havock8s-mount does not start ("is not a shared mount"), or what it mounts is seen by no other container',
      mend: [
        'mount --make-rshared /',
        'for good: MountFlags=shared in the units of the kubelet and of containerd, then restart both',
      ],
    }),
  ];
}
