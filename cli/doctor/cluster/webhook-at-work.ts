/** Check `webhook`: is it registered, does it run, and does its service lead to it? */

import { valueAt } from '../../../core/json.js';
import { broken, type Judgement, orOk, warning } from '../finding.js';
import { type Cluster, ourName, webhookName } from './cluster.js';
import type { ClusterCheck } from './cluster-check.js';
import { listAt, numberAt } from './objects.js';

export interface WebhookFacts {
  readonly mutating: boolean;
  readonly validating: boolean;
  readonly system: string | null;
  /** Null: there is no Deployment. */
  readonly replicas: { readonly wanted: number; readonly ready: number } | null;
  readonly readyEndpoints: number;
}

export const webhookAtWork: ClusterCheck = {
  name: 'webhook',
  look: async (cluster) => judgeWebhook(await gather(cluster)),
};

async function gather(cluster: Cluster): Promise<WebhookFacts> {
  const [mutating, validating, system] = await Promise.all([
    cluster.mutating(),
    cluster.validating(),
    cluster.system(),
  ]);
  const registered = { mutating: mutating !== null, validating: validating !== null, system };
  if (system === null) return { ...registered, replicas: null, readyEndpoints: 0 };
  const [deployment, slices] = await Promise.all([cluster.deployment(system), cluster.endpoints(system)]);
  return {
    ...registered,
    replicas:
      deployment === null
        ? null
        : {
            wanted: numberAt(deployment, ['spec', 'replicas']) ?? 1,
            ready: numberAt(deployment, ['status', 'readyReplicas']) ?? 0,
          },
    readyEndpoints: slices.flatMap((slice) => listAt(slice, ['endpoints'])).filter(isReady).length,
  };
}

const isReady = (endpoint: unknown): boolean => valueAt(endpoint, ['conditions', 'ready']) !== false;

const install = 'kubectl apply -k manifests/base';

export function judgeWebhook(facts: WebhookFacts): readonly Judgement[] {
  const { mutating, validating, system, replicas, readyEndpoints } = facts;
  if (!mutating && !validating)
    return [
      warning({
        found: 'no webhook is installed',
        follows:
          'pods are injected by hand alone (havock8s inject), and bad sentences are not refused as they are set',
        mend: [install],
      }),
    ];
  const troubles = [...unregistered(facts)];
  const look = system === null ? '' : `kubectl get pods -n ${system} -l app.kubernetes.io/name=${ourName}`;
  if (system !== null && replicas !== null && replicas.ready < replicas.wanted)
    troubles.push(
      (replicas.ready === 0 ? broken : warning)({
        subject: `${system}/${webhookName}`,
        found: `${replicas.ready} of ${replicas.wanted} replicas are ready`,
        follows: replicas.ready === 0 ? nobody : 'it is at work, with less to spare',
        mend: [look, `kubectl logs -n ${system} deployment/${webhookName}`],
      }),
    );
  if (system !== null && readyEndpoints === 0)
    troubles.push(
      broken({
        subject: `${system}/${webhookName}`,
        found: 'its service leads to nobody: no endpoint is ready',
        follows: nobody,
        mend: [mendOf(replicas, system) ?? look],
      }),
    );
  return orOk(
    troubles,
    `registered and at work: ${readyEndpoints} endpoint${readyEndpoints === 1 ? '' : 's'} ready`,
  );
}

/** Where there is no pod to look at. */
function mendOf(replicas: WebhookFacts['replicas'], system: string): string | null {
  if (replicas === null) return install;
  if (replicas.wanted > 0) return null;
  return `it is scaled to 0: kubectl scale -n ${system} deployment/${webhookName} --replicas=2`;
}

const nobody =
  'pods are created without a sidecar, and stay so; sentences with a mistake get as far as the sidecar, which refuses them';

function unregistered({ mutating, validating }: WebhookFacts): readonly Judgement[] {
  if (mutating && validating) return [];
  const [kind, follows] = mutating
    ? ['ValidatingWebhookConfiguration', 'bad sentences are not refused as they are set']
    : ['MutatingWebhookConfiguration', 'no pod is injected'];
  return [broken({ subject: `${kind}/${ourName}`, found: 'it is missing', follows, mend: [install] })];
}
