/** Pods of databases, as a StatefulSet makes them and as the API server gives them back. */
import type { V1Pod } from '@kubernetes/client-node';
import { annotation } from '../../core/keys.js';
import { sidecar } from '../../core/pod-layout.js';
import { type InjectionStatus, readStatus } from '../../webhook/injection-status.js';

/** As the API server stores one: it fills in name and specification. */
export type StoredPod = V1Pod & Required<Pick<V1Pod, 'metadata' | 'spec'>>;

/** Asks to be injected, and has one claim and one port. */
export function databasePod(name: string, annotations: Readonly<Record<string, string>> = {}): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'pg' }, annotations: { [annotation.inject]: 'true', ...annotations } },
    spec: {
      initContainers: [
        {
          name: 'prepare',
          image: 'postgres:17',
          command: ['chown', '-R', 'postgres', '/var/lib/postgresql/data'],
          volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }],
        },
      ],
      containers: [
        {
          name: 'postgres',
          image: 'postgres:17',
          ports: [{ name: 'postgres', containerPort: 5432 }],
          volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data', subPath: 'pgdata' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-${name}` } }],
    },
  };
}

export const injectionOf = ({ metadata }: V1Pod): InjectionStatus | null =>
  readStatus(metadata?.annotations?.[annotation.status]);

/** Its sidecars are really there, as native ones: what the annotation says is not enough. */
export function isInjected(pod: V1Pod): boolean {
  const native = (pod.spec?.initContainers ?? [])
    .filter(({ restartPolicy }) => restartPolicy === 'Always')
    .map(({ name }) => name);
  return injectionOf(pod) !== null && [sidecar.mount, sidecar.faults].every((name) => native.includes(name));
}
