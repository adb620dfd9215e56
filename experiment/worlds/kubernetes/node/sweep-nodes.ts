/**
 * Ends what is overdue on nodes, or whose run is gone, without the run's object: whoever comes may call it, as often as they
 * like. The API server ends an isolation by itself, but neither a cordon nor a taint.
 */
import { hasCode, messageOf } from '../../../../core/havoc-error.js';
import type { KubeApi } from '../../../../kube/kube-api.js';
import { resources } from '../../../../kube/resources.js';
import { changeNode } from './change-node.js';
import { uncordoning } from './cordon.js';
import { removeIsolation } from './isolate.js';
import { readIsolation } from './isolation-state.js';
import { nodeLimits } from './node-limits.js';
import { type NodeMark, readMark, saysOfMark } from './node-mark.js';
import type { Node, NodeIsolation, RunReference } from './node-objects.js';
import { hasTaint, untainting } from './taint.js';

export interface Swept {
  readonly node: string;
  readonly what: 'cordon' | 'taint' | 'isolation';
  readonly outcome: 'ended' | 'failed';
  readonly message: string;
}

export interface SweepOptions {
  /** Also what is not overdue, as `havock8s stop --all` wants it. */
  readonly all?: boolean;
  /** Only nodes that this run has marked, by its UID; and what it has there, though it goes on. */
  readonly of?: string;
}

/** What could not be ended does not keep the rest. Rejects where nodes or isolations cannot be listed. */
export async function sweepNodes(
  api: KubeApi,
  nowMs: number,
  options: SweepOptions = {},
): Promise<readonly Swept[]> {
  const isOver = isOverAt(api, nowMs, options);
  return [...(await sweepMarked(api, options, isOver)), ...(await sweepIsolations(api, isOver))];
}

/** Cordons and taints alone. */
export const sweepMarks = (
  api: KubeApi,
  nowMs: number,
  options: SweepOptions = {},
): Promise<readonly Swept[]> => sweepMarked(api, options, isOverAt(api, nowMs, options));

type IsOver = (run: RunReference | undefined, endsAtMs: number) => Promise<boolean>;

function isOverAt(api: KubeApi, nowMs: number, { all = false, of }: SweepOptions): IsOver {
  const isGone = runsKnownTo(api);
  return async (run, endsAtMs) => {
    if (all || endsAtMs <= nowMs) return true;
    return run !== undefined && (run.uid === of || (await isGone(run)));
  };
}

async function sweepMarked(api: KubeApi, { of }: SweepOptions, isOver: IsOver): Promise<readonly Swept[]> {
  const isMeant = (mark: NodeMark | 'unreadable' | null): boolean =>
    of === undefined ? mark !== null : mark !== null && mark !== 'unreadable' && mark.run.uid === of;
  const nodes: Node[] = [];
  await api.listEach({ resource: resources.nodes, namespace: null }, (node) => {
    if (isMeant(readMark(node, 'cordon')) || isMeant(readMark(node, 'taint')) || hasTaint(node, of))
      nodes.push(node);
  });
  const swept: Swept[] = [];
  for (const node of nodes)
    swept.push(...(await sweepCordon(api, node, isOver)), ...(await sweepTaint(api, node, isOver)));
  return swept;
}

const sweepCordon = async (api: KubeApi, node: Node, isOver: IsOver): Promise<readonly Swept[]> => {
  const mark = readMark(node, 'cordon');
  if (mark === null) return [];
  return await ended(node.metadata.name, 'cordon', async () => {
    if (mark === 'unreadable')
      throw new TypeError(
        `${saysOfMark(mark, 'cordon')}; see whether the node is to be cordoned, and take it away`,
      );
    if (!(await isOver(mark.run, mark.untilMs))) return null;
    await changeNode(api, node.metadata.name, (found) => {
      const now = readMark(found, 'cordon');
      return isThatOf(now, mark) ? uncordoning(found, now) : null;
    });
    return saysOfMark(mark, 'cordon');
  });
};

/** A taint that nobody has marked, or marked unreadably, has no end: it is over. */
const sweepTaint = async (api: KubeApi, node: Node, isOver: IsOver): Promise<readonly Swept[]> => {
  const mark = readMark(node, 'taint');
  if (mark === null && !hasTaint(node)) return [];
  return await ended(node.metadata.name, 'taint', async () => {
    const isKnown = mark !== null && mark !== 'unreadable';
    if (isKnown && !(await isOver(mark.run, mark.untilMs))) return null;
    await changeNode(api, node.metadata.name, (found) => {
      const now = readMark(found, 'taint');
      const isSame = isKnown ? isThatOf(now, mark) : now === null || now === 'unreadable';
      return isSame && (now !== null || hasTaint(found)) ? untainting(found) : null;
    });
    return isKnown ? saysOfMark(mark, 'taint') : 'nobody knew its end';
  });
};

async function sweepIsolations(api: KubeApi, isOver: IsOver): Promise<readonly Swept[]> {
  const { items } = await listIsolations(api);
  const swept: Swept[] = [];
  for (const isolation of items)
    swept.push(
      ...(await ended(isolation.metadata.name, 'isolation', async () => {
        const { endsAtMs } = readIsolation(isolation);
        if (!(await isOver(isolation.spec.run, endsAtMs + nodeLimits.keptMs))) return null;
        await removeIsolation(api, isolation);
        return `it lasted until ${new Date(endsAtMs).toISOString()}`;
      })),
    );
  return swept;
}

/** None where the kind is not installed. */
async function listIsolations(api: KubeApi): Promise<{ readonly items: readonly NodeIsolation[] }> {
  try {
    return await api.list<NodeIsolation>({ resource: resources.nodeIsolations, namespace: null });
  } catch (error) {
    if (hasCode(error, 'kube.not-found')) return { items: [] };
    throw error;
  }
}

async function ended(
  node: string,
  what: Swept['what'],
  end: () => Promise<string | null>,
): Promise<readonly Swept[]> {
  try {
    const message = await end();
    return message === null ? [] : [{ node, what, outcome: 'ended', message }];
  } catch (error) {
    return [{ node, what, outcome: 'failed', message: messageOf(error) }];
  }
}

/** Not one that was begun meanwhile. */
const isThatOf = (now: NodeMark | 'unreadable' | null, seen: NodeMark): now is NodeMark =>
  now !== null &&
  now !== 'unreadable' &&
  now.run.uid === seen.run.uid &&
  now.step === seen.step &&
  now.untilMs === seen.untilMs;

/** Asks for each run once. */
function runsKnownTo(api: KubeApi): (run: RunReference) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  return ({ namespace, name, uid }) => {
    const asked =
      known.get(uid) ??
      api
        .get({ resource: resources.experiments, namespace, name })
        .then((found) => found?.metadata.uid !== uid);
    known.set(uid, asked);
    return asked;
  };
}
