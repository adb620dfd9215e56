/** The pods of the webhook and the controller, as who runs the cluster sees them: how many, on which node, by which processes. */
import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../../../dev/cluster/cluster.js';
import type { Kubectl } from '../../../dev/cluster/kubectl.js';
import { eventually } from '../eventually.js';
import { controller, system, webhook } from '../installation.js';
import { inNetworkOf, signalPod, type Whereabouts, whereaboutsOf } from '../node-processes.js';

type Component = 'webhook' | 'controller';

const podsBy = (component: Component) =>
  [`--selector=app.kubernetes.io/component=${component}`, `--namespace=${system}`] as const;
export const ofWebhook = podsBy('webhook');

const [goneS, readyS] = [60, 180];

export async function replicasOf(kubectl: Kubectl): Promise<readonly Whereabouts[]> {
  return (await podsOf(kubectl)).filter((pod) => !isLeaving(pod)).map(whereaboutsOf);
}

/** Those that are leaving, too. */
async function podsOf(kubectl: Kubectl): Promise<readonly V1Pod[]> {
  const { items } = await kubectl.json<{ items: readonly V1Pod[] }>(['get', 'pods', ...ofWebhook]);
  return items;
}

const isLeaving = ({ metadata }: V1Pod): boolean => metadata?.deletionTimestamp !== undefined;

/** Resolves when none is left. */
export async function scaleToNone(kubectl: Kubectl, component: Component = 'webhook'): Promise<void> {
  await scale(kubectl, component, 0);
  await kubectl.succeed(['wait', '--for=delete', 'pod', ...podsBy(component), `--timeout=${goneS}s`]);
}

/** Resolves when all are Ready: with what the manifests say. */
export async function scaleUp(kubectl: Kubectl, component: Component = 'webhook'): Promise<void> {
  await scale(kubectl, component, 2);
  await untilRolledOut(kubectl, component);
}

export async function restart(kubectl: Kubectl): Promise<void> {
  await kubectl.succeed(['rollout', 'restart', `deployment/${webhook}`, `--namespace=${system}`]);
}

export async function untilRolledOut(kubectl: Kubectl, component: Component = 'webhook'): Promise<void> {
  const deployment = [deploymentOf(component), `--namespace=${system}`];
  await kubectl.succeed(['rollout', 'status', ...deployment, `--timeout=${readyS}s`]);
}

/** Rolled out, and those of before are gone: while one is leaving it still answers. */
export async function untilReplaced(kubectl: Kubectl): Promise<void> {
  await untilRolledOut(kubectl);
  const areGone = async (): Promise<boolean | string> => {
    const leaving = (await podsOf(kubectl)).filter(isLeaving);
    return leaving.length === 0 || leaving.map(({ metadata }) => metadata?.name).join(', ');
  };
  await eventually('the replicas of before are gone', areGone, { boundMs: goneS * 1000 });
}

/** All of them; the kubelets are not told. */
export async function signalReplicas(
  cluster: Cluster,
  kubectl: Kubectl,
  signal: 'STOP' | 'CONT' | 'KILL',
): Promise<void> {
  for (const replica of await replicasOf(kubectl)) signalPod(cluster, replica, signal);
}

/** Connections to the webhook are reset, new ones too, while `meanwhile` goes on. */
export async function refusingConnections(
  cluster: Cluster,
  kubectl: Kubectl,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  await withRule(cluster, kubectl, 'input', 'tcp dport 8443 reject with tcp reset', meanwhile);
}

/** What the webhook answers does not arrive, while `meanwhile` goes on. Its probes are on another port. */
export async function losingAnswers(
  cluster: Cluster,
  kubectl: Kubectl,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  await withRule(cluster, kubectl, 'output', 'tcp sport 8443 drop', meanwhile);
}

async function withRule(
  cluster: Cluster,
  kubectl: Kubectl,
  hook: 'input' | 'output',
  rule: string,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const replicas = await replicasOf(kubectl);
  const inEach = (command: string): void => {
    for (const replica of replicas) inNetworkOf(cluster, replica, 'nft', command);
  };
  const chain = `add chain inet environment rules { type filter hook ${hook} priority 0; }`;
  try {
    inEach(`add table inet environment; ${chain}; add rule inet environment rules ${rule}`);
    await meanwhile();
  } finally {
    inEach('add table inet environment; delete table inet environment');
  }
}

async function scale(kubectl: Kubectl, component: Component, replicas: number): Promise<void> {
  await kubectl.succeed([
    'scale',
    deploymentOf(component),
    `--namespace=${system}`,
    `--replicas=${replicas}`,
  ]);
}

const deploymentOf = (component: Component): string =>
  `deployment/${component === 'webhook' ? webhook : controller}`;
