/** havock8s as its users install it. */
import type { Kubectl } from '../../dev/cluster/kubectl.js';

export const system = 'havock8s-system';
export const webhook = 'havock8s-webhook';
export const controller = 'havock8s-controller';

const readyS = 120;

/** Resolves once both webhooks have been told whom to trust, and replicas are Ready. Does nothing twice. */
export async function install(kubectl: Kubectl): Promise<void> {
  await kubectl.succeed(['apply', '--kustomize=manifests/base']);
  for (const deployment of [webhook, controller])
    await kubectl.succeed([
      'rollout',
      'status',
      `deployment/${deployment}`,
      `--namespace=${system}`,
      `--timeout=${readyS}s`,
    ]);
  for (const kind of ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'])
    await kubectl.succeed([
      'wait',
      `${kind}/havock8s`,
      '--for=jsonpath={.webhooks[0].clientConfig.caBundle}',
      `--timeout=${readyS}s`,
    ]);
}
