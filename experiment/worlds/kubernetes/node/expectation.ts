/**
 * What is to be expected of each pod of a node that is to be lost: it moves, it waits for the node, or it stays. With the
 * reason, and before anything is done.
 *
 *     is it asked to go? ─ no ──────────────────────────────► stays
 *            │ yes          (tolerations, kind, the time)
 *     may another take its place at once? ─ no ─────────────► waits
 *            │ yes          (StatefulSet, volume of one node)
 *     is there a node for it? ─ no ─────────────────────────► waits
 *            └ yes ─────────────────────────────────────────► moves
 */
import { assertNever } from '../../../../core/assert-never.js';
import { whyLeft } from './evict-pods.js';
import { taintKey } from './node-mark.js';

import { isFinished, isMirror, keyOfPod, ownerKind, type Pod } from './pod-objects.js';
import { type PodVolumes, type Storage, volumesOf } from './pod-volumes.js';
import { type OtherNodes, obstacleOn } from './spare-nodes.js';
import { toleratesLossMs, toleratesMs } from './toleration.js';

export type NodeActionName = 'cordon' | 'drain' | 'taint' | 'isolate' | 'cut';

export interface Loss {
  readonly action: NodeActionName;
  readonly node: string;
  readonly lastsMs: number;
  /** How soon the control plane calls a silent node NotReady, at the soonest and at the latest. */
  readonly noticedMs: Noticed;
}

export interface Noticed {
  readonly from: number;
  readonly to: number;
}

/** 40 s before Kubernetes 1.32, 50 s since, and 5 s for the controller to look. A cluster may be told otherwise. */
export const noticedByDefault: Noticed = { from: 40_000, to: 55_000 };

export interface Expected {
  readonly pod: string;
  readonly uid: string;
  readonly outcome: 'moves' | 'waits' | 'stays';
  readonly reason: string;
  /** Why nobody can say, whatever the outcome; null: it can be said. */
  readonly unknown: string | null;
}

type Said = Pick<Expected, 'outcome' | 'reason'>;

export interface Known extends OtherNodes, Storage {
  readonly protectedNamespaces: ReadonlySet<string>;
}

/** Of `pods`, which are those of interest on the node. */
export const expectation = (loss: Loss, pods: readonly Pod[], known: Known): readonly Expected[] =>
  pods
    .filter((pod) => pod.spec?.nodeName === loss.node && !isFinished(pod))
    .map((pod) => {
      const disks = volumesOf(pod, known);
      const stays = whyStays(loss, pod, known.protectedNamespaces);
      const said: Said =
        stays === null ? whereItGoes(loss, pod, disks, known) : { outcome: 'stays', reason: stays };
      const unknown = stays === null ? disks.unknown : null;
      return { pod: keyOfPod(pod), uid: pod.metadata.uid ?? '', ...said, unknown };
    });

/** Null: it is asked to go. */
function whyStays(
  { action, lastsMs, noticedMs }: Loss,
  pod: Pod,
  isProtected: ReadonlySet<string>,
): string | null {
  switch (action) {
    case 'cordon':
      return 'a cordon moves nobody';
    case 'cut':
      return 'the control plane goes on to see the node, and moves nobody';
    case 'drain':
      return whyLeft(pod, isProtected);
    case 'taint':
      return isMirror(pod)
        ? 'is a static pod of the kubelet'
        : whyTolerated(toleratesMs(pod, { key: taintKey, effect: 'NoExecute' }), lastsMs);
    case 'isolate':
      if (lastsMs <= noticedMs.from)
        return `the node is back after ${seconds(lastsMs)}, before the control plane calls it NotReady`;
      return isMirror(pod)
        ? 'is a static pod of the kubelet'
        : whyTolerated(toleratesLossMs(pod), lastsMs - noticedMs.to);
    default:
      return assertNever(action);
  }
}

function whyTolerated(toleratedMs: number, lastsMs: number): string | null {
  if (toleratedMs === Number.POSITIVE_INFINITY) return 'tolerates it for ever';
  return toleratedMs > lastsMs ? `tolerates it for ${seconds(toleratedMs)}, longer than it lasts` : null;
}

function whereItGoes(
  { action, node: lost }: Loss,
  pod: Pod,
  disks: PodVolumes,
  { nodes, pods }: OtherNodes,
): Said {
  const kind = ownerKind(pod);
  const waits = (reason: string): Said => ({ outcome: 'waits', reason });
  if (kind === null) return waits('nobody makes it again: it has no owner');
  if (kind === 'DaemonSet') return waits('is of a DaemonSet, and comes back when the node does');
  if (disks.bound !== null) return waits(`${disks.bound}, and it waits for that`);
  if (action === 'isolate' && kind === 'StatefulSet')
    return waits('a StatefulSet makes no second pod of a name while nobody can say that the first is over');
  if (action === 'isolate' && disks.exclusive !== null)
    return waits(
      `${disks.exclusive}, and a lost node does not give it back; after 6 minutes Kubernetes takes it`,
    );
  const others = nodes.filter(({ metadata }) => metadata.name !== lost);
  const obstacles = others.map((node) => obstacleOn(node, pod, disks.places, pods));
  const spare = others.find((_, index) => obstacles[index] === null);
  if (spare === undefined)
    return waits(`no other node can have it: ${obstacles.join('; ') || 'there is none'}`);
  const count = obstacles.filter((why) => why === null).length;
  const behind = disks.leaves.length === 0 ? '' : `; what stays behind: ${disks.leaves.join(', ')}`;
  return {
    outcome: 'moves',
    reason: `${count} other nodes can have it, such as ${spare.metadata.name}${behind}`,
  };
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
