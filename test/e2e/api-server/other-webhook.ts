/** Somebody else's mutating webhook, in this process: patches every pod of a namespace that is created. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { V1Pod } from '@kubernetes/client-node';
import type { Operation } from 'fast-json-patch';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod } from '../../webhook/pods.js';
import { issuePair } from './serving-pair.js';
import type { WebhookCluster } from './webhook-cluster.js';

export interface OtherWebhookOptions {
  /** Configurations are asked in the order of their names; ours is `havock8s`. */
  readonly name: string;
  readonly namespace: string;
  readonly reinvocationPolicy: 'Never' | 'IfNeeded';
  readonly patch: (pod: V1Pod) => readonly Operation[];
}

const registeredMs = 30_000;

/** Calls `use` while the API server asks it. */
export async function withOtherWebhook(
  { kubectl, host }: WebhookCluster,
  { name, namespace, reinvocationPolicy, patch }: OtherWebhookOptions,
  use: () => Promise<void>,
): Promise<void> {
  const { authority, certificate, key } = issuePair(host.here);
  let isAsked = false;
  const server = createServer({ cert: certificate, key }, async (request, response) => {
    const { request: asked } = JSON.parse(await text(request)) as AskedReview;
    isAsked = true;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(answer(asked.uid, patch(asked.object))));
  });
  server.listen(0, host.here);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await kubectl.succeed(['apply', '-f', '-'], {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          name: 'pods.other.example',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          reinvocationPolicy,
          failurePolicy: 'Fail',
          clientConfig: {
            url: `https://${host.here}:${port}/`,
            caBundle: Buffer.from(authority).toString('base64'),
          },
          rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        },
      ],
    });
    const probe = ['create', '--dry-run=server', `--namespace=${namespace}`, '-f', '-'];
    await until(async () => {
      await kubectl.run(probe, databasePod('probe'));
      return isAsked;
    }, registeredMs);
    await use();
  } finally {
    await kubectl.succeed(['delete', 'mutatingwebhookconfiguration', name]);
    server.closeAllConnections();
    await once(server.close(), 'close');
  }
}

interface AskedReview {
  readonly request: { readonly uid: string; readonly object: V1Pod };
}

const answer = (uid: string, patch: readonly Operation[]) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: {
    uid,
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
  },
});
