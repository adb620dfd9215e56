/** Somebody else's mutating webhook, in this process: patches every pod of a namespace that is created. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { V1Pod } from '@kubernetes/client-node';
import type { Operation } from 'fast-json-patch';
import { issuePair } from './serving-pair.js';
import type { WebhookCluster } from './webhook-cluster.js';

export interface OtherWebhookOptions {
  /** Configurations are asked in the order of their names; ours is `havock8s`. */
  readonly name: string;
  readonly namespace: string;
  readonly reinvocationPolicy: 'Never' | 'IfNeeded';
  readonly patch: (pod: V1Pod) => readonly Operation[];
}

/** Calls `use` while it is registered; the API server may take a moment to know it. */
export async function withOtherWebhook(
  { kubectl, host }: WebhookCluster,
  { name, namespace, reinvocationPolicy, patch }: OtherWebhookOptions,
  use: () => Promise<void>,
): Promise<void> {
  const { authority, certificate, key } = issuePair(host.here);
  const server = createServer({ cert: certificate, key }, async (request, response) => {
    const { request: asked } = JSON.parse(await text(request)) as AskedReview;
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
