/**
 * Isolate: the control plane loses the node while its containers run on. It ends by itself: the API server refuses the
 * kubelet's reports until the creation of the object and its `lasts`, by its own clock.
 */
import { HavocError, hasCode } from '../../../../core/havoc-error.js';
import type { Target } from '../../../../kube/kube-object.js';
import { resources } from '../../../../kube/resources.js';
import { nodeTarget } from './change-node.js';
import { isolationState, readIsolation } from './isolation-state.js';
import { nodeLimits } from './node-limits.js';
import type { Lease, Node, NodeIsolation } from './node-objects.js';
import { goneError, lateError, type NodeAction, type NodeRequest, takenError } from './node-request.js';

/** Of a NodeIsolation: which step of its run made it. */
const stepAnnotation = 'havock8s.io/step';

export interface IsolateOptions {
  /** Refuse also what the node's pods write to the API server. */
  readonly cutsPods?: boolean;
  /** Shown to whoever is refused. */
  readonly reason?: string;
}

export const isolationTarget = (name: string): Target => ({
  resource: resources.nodeIsolations,
  namespace: null,
  name,
});

export const isolate = (options: IsolateOptions = {}): NodeAction => ({
  async begin(api, request, nowMs) {
    const { node: name, untilMs, before } = request;
    const seconds = Math.floor(Math.min(untilMs - nowMs, nodeLimits.isolationMs) / 1000);
    if (seconds < 1) throw lateError(name);
    const node = await api.get<Node>(nodeTarget(name));
    if (node === null || node.metadata.uid !== before.uid) throw goneError(name);
    try {
      await api.create(
        { resource: resources.nodeIsolations, namespace: null },
        isolationOf(request, seconds, options),
      );
    } catch (error) {
      if (hasCode(error, 'kube.not-found')) throw notInstalled;
      if (!hasCode(error, 'kube.exists')) throw error;
      const found = await api.get<NodeIsolation>(isolationTarget(name));
      if (found !== null && !isOwn(found, request)) throw takenError(name, saysOf(found));
    }
    return `node ${name} is isolated for ${seconds} s`;
  },

  async state(api, { node: name, ...request }) {
    const isolation = await api.get<NodeIsolation>(isolationTarget(name));
    if (isolation === null || !isOwn(isolation, request)) return 'absent';
    const lease = await api.get<Lease>({ resource: resources.leases, namespace: 'kube-node-lease', name });
    return isolationState(isolation, lease, await api.serverMs());
  },

  async end(api, { node: name, ...request }) {
    const isolation = await api.get<NodeIsolation>(isolationTarget(name));
    if (isolation === null || !isOwn(isolation, request)) return `node ${name} has no isolation of this run`;
    await removeIsolation(api, isolation);
    return `the isolation of node ${name} is gone`;
  },
});

/** That very one: another of its name stays. */
export async function removeIsolation(
  api: Parameters<NodeAction['end']>[0],
  { metadata: { name, uid = '' } }: NodeIsolation,
): Promise<void> {
  try {
    await api.remove(isolationTarget(name), { uid });
  } catch (error) {
    if (!hasCode(error, 'kube.conflict')) throw error;
  }
}

const isOwn = (
  { spec, metadata }: NodeIsolation,
  { run, step }: Pick<NodeRequest, 'run' | 'step'>,
): boolean => spec.run?.uid === run.uid && metadata.annotations?.[stepAnnotation] === step;

function isolationOf(
  { node, run, step }: NodeRequest,
  seconds: number,
  { cutsPods = false, reason }: IsolateOptions,
): NodeIsolation {
  const { namespace, name, uid } = run;
  return {
    apiVersion: resources.nodeIsolations.apiVersion,
    kind: resources.nodeIsolations.kind,
    metadata: { name: node, annotations: { [stepAnnotation]: step } },
    spec: {
      node,
      lasts: `${seconds}s`,
      cutsPods,
      reason: (reason ?? `experiment ${namespace}/${name}`).slice(0, 512),
      run: { namespace, name, uid },
    },
  };
}

function saysOf(isolation: NodeIsolation): string {
  const { run } = isolation.spec;
  const whose = run === undefined ? 'somebody' : `experiment ${run.namespace}/${run.name}`;
  return `isolated by ${whose} until ${new Date(readIsolation(isolation).endsAtMs).toISOString()}`;
}

const notInstalled = new HavocError(
  'node.no-isolation',
  'the cluster has no kind NodeIsolation; install the chart with policies.nodeIsolation.enabled, or name another action',
);
