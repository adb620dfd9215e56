/** A kubelet's reports, without a kubelet: as its user, as often as asked, with what became of each. */
import { randomUUID } from 'node:crypto';
import { hasCode } from '../../../core/havoc-error.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KubeObject, Target } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';

export const lease = (node: string): Target => ({
  resource: resources.leases,
  namespace: 'kube-node-lease',
  name: node,
});

/** False where it is refused. */
export async function isLetThrough(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (hasCode(error, 'kube.forbidden')) return false;
    throw error;
  }
}

export const renew = (api: KubeApi, node: string): Promise<unknown> =>
  api.patch(lease(node), {
    kind: 'merge',
    body: { spec: { renewTime: new Date().toISOString().replace('Z', '000Z') } },
  });

/**
 * As a kubelet's first. What is created bears its own time always; what is written within the same second as before
 * bears that of the write before.
 */
export const register = (api: KubeApi, name = `other-${randomUUID()}`): Promise<unknown> =>
  api.create({ resource: resources.leases, namespace: 'kube-node-lease' }, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, leaseDurationSeconds: 40 },
  } as KubeObject);

/** A condition's heartbeat, of a node or of a pod. */
export const report = (api: KubeApi, target: Target): Promise<unknown> =>
  api.patch(
    { ...target, subresource: 'status' },
    {
      kind: 'strategic-merge',
      body: {
        status: {
          conditions: [{ type: 'Ready', status: 'True', message: `at ${performance.now()}`, reason: 'Test' }],
        },
      },
    },
  );

export interface Heartbeats {
  /** Of all so far: how many were refused. */
  refused(): number;
  stop(): Promise<void>;
}

/** The lease is renewed again and again, one after another. */
export function heartbeats(api: KubeApi, node: string): Heartbeats {
  let refused = 0;
  let isOver = false;
  const beating = (async () => {
    while (!isOver) if (!(await isLetThrough(renew(api, node)))) refused++;
  })();
  return {
    refused: () => refused,
    stop: async () => {
      isOver = true;
      await beating;
    },
  };
}
