/** Injected pods as the API server has them, and faults as their sidecars list them. */
import type { ShownFault } from '../../../cli/client/answers.js';
import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import type { Shape } from '../../../sidecar/control/api.js';

const uid = '0b5e';

export interface PodOptions {
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly readOnlyPort?: number;
}

export interface FullPod extends KubeObject {
  readonly spec: object;
  readonly status: object;
}

export function aPod({ name = 'pg-0', annotations = {}, labels = {}, readOnlyPort }: PodOptions): FullPod {
  const status = {
    ...{ version: '0.1.0', by: 'webhook', image: 'localhost/havock8s:0.1.0', volumes: ['data'] },
    ...{ inbound: [5432], outbound: [], left: [] },
    ...(readOnlyPort !== undefined && { readOnlyPort: readOnlyPort }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace: 'shop', uid, labels },
      annotations: { ...annotations, [annotation.status]: JSON.stringify(status) },
    },
    spec: {
      nodeName: 'n1',
      initContainers: [faultsContainer],
      containers: [{ name: 'pg', image: 'postgres:17' }],
    },
    status: { phase: 'Running', podIP: '10.0.0.7' },
  };
}

/** As the list of faults says who answers. */
export const aSidecar: Shape<'Sidecar'> = {
  ...{ version: '0.1.0', pod: { namespace: 'shop', name: 'pg-0', uid }, draining: false },
  ...{ startedAt: '2026-01-02T03:00:00.000Z', now: '2026-01-02T03:04:06.000Z' },
};

export function aFault(fault: Partial<ShownFault> & Pick<ShownFault, 'name'>): ShownFault {
  return {
    ...{ source: 'annotation', sentence: 'disk latency 1s on fsync for 5m', state: 'armed', reason: null },
    ...{ plane: 'disk', effect: 'latency', explanation: 'Delays.', startedAt: '2026-01-02T03:04:05.123Z' },
    ...{ endsAt: '2026-01-02T03:09:05.123Z', remainingMs: 300_000, seed: null, traffic: null },
    ...{ tallies: { matched: 4, injected: 3, exempted: 0, passed: 1 }, remarks: [], problems: [] },
    ...fault,
  };
}

/** As the policy of sidecars wants one. */
const faultsContainer = {
  ...{ name: sidecar.faults, image: 'localhost/havock8s:0.1.0', restartPolicy: 'Always' },
  args: ['faults', '--inbound=5432'],
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
};
