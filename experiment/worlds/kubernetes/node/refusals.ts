/** What must not be done to a node, or cannot be judged: each with the names, the numbers, and what to do instead. */
import { type Expected, expectation, type Known, type Loss } from './expectation.js';
import { readMark, saysOfMark } from './node-mark.js';
import { isReady, type Node, type RunReference } from './node-objects.js';
import { isFinished, keyOfPod, type Pod } from './pod-objects.js';
import type { Refusal, RefusalKind } from './refusal.js';
import { toleratesLossMs } from './toleration.js';
import { tooMany } from './zones.js';

export interface Asked extends Omit<Loss, 'node'> {
  readonly nodes: readonly string[];
  readonly run: RunReference;
  /** Whom the experiment is about. */
  readonly targets: readonly Pod[];
  /** Of havock8s itself: controller, webhook, ledger. */
  readonly isOurs: (pod: Pod) => boolean;
}

export function refusals(asked: Asked, known: Known): readonly Refusal[] {
  const each = asked.nodes.flatMap((name) => {
    const node = known.nodes.find(({ metadata }) => metadata.name === name);
    return node === undefined
      ? [
          {
            kind: 'absent' as const,
            node: name,
            message: `there is no node ${name}; name one of kubectl get nodes`,
          },
        ]
      : ofNode(asked, node, known);
  });
  return [...each, ...(asked.action === 'isolate' ? tooMany(asked.nodes, known.nodes) : [])];
}

function ofNode(asked: Asked, node: Node, known: Known): readonly Refusal[] {
  const { name } = node.metadata;
  const refuse = (kind: RefusalKind, message: string): Refusal => ({ kind, node: name, message });
  const here = known.pods.filter((pod) => pod.spec?.nodeName === name && !isFinished(pod));
  const notReady = isReady(node)
    ? []
    : [refuse('absent', `node ${name} is not Ready as it is; wait until it is, or name another`)];
  const marked = (['cordon', 'taint'] as const).flatMap((kind) => {
    const mark = readMark(node, kind);
    const isOther = mark === 'unreadable' || (mark !== null && mark.run.uid !== asked.run.uid);
    return isOther ? [refuse('overlap', `node ${name} is ${saysOfMark(mark, kind)}; wait for its end`)] : [];
  });
  if (asked.action === 'cordon') return [...notReady, ...marked];
  return [
    ...notReady,
    ...marked,
    ...here
      .filter(asked.isOurs)
      .map((pod) =>
        refuse(
          'ours',
          `${keyOfPod(pod)} of havock8s runs on node ${name}; name another node, or let the pod run elsewhere`,
        ),
      ),
    ...controlPlane(node).map((message) => refuse('control-plane', message)),
    ...onlyDns(name, known.pods).map((message) => refuse('dns', message)),
    ...judged(asked, name, known).map(([kind, message]) => refuse(kind, message)),
  ];
}

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

const controlPlane = ({ metadata: { name, labels } }: Node): readonly string[] =>
  controlPlaneLabels
    .filter((label) => labels?.[label] !== undefined)
    .slice(0, 1)
    .map((label) => `node ${name} is of the control plane (${label}); name a node that is not`);

/** CoreDNS and kube-dns bear the same label. */
function onlyDns(name: string, pods: readonly Pod[]): readonly string[] {
  const dns = pods.filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns').filter(isReadyPod);
  const here = dns.filter(({ spec }) => spec?.nodeName === name);
  if (here.length === 0 || here.length < dns.length) return [];
  return [
    `${here.map(keyOfPod).join(', ')} on node ${name} is all the DNS of the cluster; let another run elsewhere first`,
  ];
}

const isReadyPod = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

function judged(asked: Asked, node: string, known: Known): readonly (readonly [RefusalKind, string])[] {
  const expected = expectation({ ...asked, node }, asked.targets, known);
  const unknown = expected
    .filter((one): one is Expected & { readonly unknown: string } => one.unknown !== null)
    .map(
      ({ pod, unknown: why }) =>
        ['unknown', `what becomes of ${pod} when node ${node} is lost cannot be judged: ${why}`] as const,
    );
  return [...unknown, ...timing(asked, node).map((message) => ['timing', message] as const)];
}

/** The eviction timer fires up to 3 s after the node is Ready again. */
const marginMs = 5_000;

/** An end near a moment at which the control plane decides: what comes of it is chance. */
function timing({ action, lastsMs, noticedMs, targets }: Asked, node: string): readonly string[] {
  if (action !== 'isolate') return [];
  const isNear = (moreMs: number): boolean =>
    lastsMs > noticedMs.from + moreMs - marginMs && lastsMs < noticedMs.to + moreMs + marginMs;
  const says = (what: string, moreMs: number): string =>
    `an isolation of ${seconds(lastsMs)} ends about when ${what} (${seconds(noticedMs.from + moreMs)} to ${seconds(noticedMs.to + moreMs)} after its start), and what comes of it is chance; let it last less than ${seconds(noticedMs.from + moreMs - marginMs)} or more than ${seconds(noticedMs.to + moreMs + marginMs)}`;
  if (isNear(0)) return [says(`node ${node} is called NotReady`, 0)];
  return targets
    .filter(({ spec }) => spec?.nodeName === node)
    .flatMap((pod) => {
      const toleratedMs = toleratesLossMs(pod);
      return isNear(toleratedMs)
        ? [
            says(
              `${keyOfPod(pod)} is evicted, which tolerates a lost node for ${seconds(toleratedMs)}`,
              toleratedMs,
            ),
          ]
        : [];
    });
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
