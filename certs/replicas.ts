/**
 * Under which authority the replicas serve, by asking each: the addresses of the Service's EndpointSlices, a TLS
 * handshake with each. Needs `list` on endpointslices.
 */
import type { X509Certificate } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import type { KubeApi } from '../kube/kube-api.js';
import type { KubeObject } from '../kube/kube-object.js';
import { resources } from '../kube/resources.js';
import { certificateLimits } from './limits.js';
import { isIssuedBy } from './read-pair.js';

export interface AskReplicas {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly service: string;
  /** That replicas listen on, behind the Service. */
  readonly port: number;
  readonly authority: X509Certificate;
}

export type ReplicaAnswer = 'present' | 'another' | 'none';

/**
 * True when every replica was seen to serve under the authority. One that does not answer counts only when it is
 * ready: others serve nobody, and read the Secret again when they start. No replica at all is no proof.
 */
export async function allServeUnder({
  api,
  namespace,
  service,
  port,
  authority,
}: AskReplicas): Promise<boolean> {
  const slices = await api.list<EndpointSlice>({
    resource: resources.endpointSlices,
    namespace,
    labelSelector: `kubernetes.io/service-name=${service}`,
  });
  const replicas = slices.items.flatMap(replicasOf);
  if (replicas.length === 0 || replicas.length > certificateLimits.replicas) return false;
  const host = `${service}.${namespace}.svc`;
  const rest = replicas.values();
  let behind = false;
  const asker = async (): Promise<void> => {
    for (let next = rest.next(); !next.done && !behind; next = rest.next()) {
      const { address, isReady } = next.value;
      const answer = await askReplica({ address, port, host, authority });
      if (answer === 'another' || (answer === 'none' && isReady)) behind = true;
    }
  };
  await Promise.all(Array.from({ length: certificateLimits.handshakesAtOnce }, asker));
  return !behind;
}

interface EndpointSlice extends KubeObject {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    /** Absent means ready. */
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

interface Replica {
  readonly address: string;
  readonly isReady: boolean;
}

function replicasOf({ endpoints = [] }: EndpointSlice): readonly Replica[] {
  return endpoints.flatMap(({ addresses, conditions }) =>
    addresses.map((address) => ({ address, isReady: conditions?.ready !== false })),
  );
}

export interface AskReplica {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly authority: X509Certificate;
}

/** Whose certificate it is is all that is asked: dates and names are for those who send something. Never rejects. */
export function askReplica({ address, port, host, authority }: AskReplica): Promise<ReplicaAnswer> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: address, port, servername: host, rejectUnauthorized: false });
    const answer = (given: ReplicaAnswer): void => {
      socket.destroy();
      clearTimeout(late);
      resolve(given);
    };
    const late = setTimeout(() => answer('none'), certificateLimits.handshakeMs);
    socket.on('error', () => answer('none'));
    socket.on('close', () => answer('none'));
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate === undefined) answer('none');
      else answer(isIssuedBy(certificate, authority) ? 'present' : 'another');
    });
  });
}
