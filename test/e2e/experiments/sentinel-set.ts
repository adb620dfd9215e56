/** Redis with Sentinel: the first is the primary at first, the others follow it, and a Sentinel watches beside each. */
import { annotation } from '../../../core/keys.js';
import { databasesImage } from '../../../dev/cluster/images/references.js';
import { headlessService } from '../consensus/member-set.js';

export interface SentinelSetOptions {
  readonly name: string;
  readonly replicas: number;
}

export const ports = { redis: 6379, sentinel: 26_379 } as const;

/** Two of three. */
const quorum = 2;
/** In the databases' image. */
const user = 998;

/** By names, so that whoever comes back at another address is known. */
const names = 'resolve-hostnames yes';

const redis = (name: string): string => `
set -eu
cd /data
follow=
[ "$POD" = ${name}-0 ] || follow="--replicaof ${name}-0.${name} ${ports.redis}"
[ -f redis.conf ] || printf 'replica-announce-ip %s.${name}\\nport ${ports.redis}\\nprotected-mode no\\nappendonly yes\\nrepl-diskless-sync-delay 0\\n' "$POD" >redis.conf
exec redis-server redis.conf --dir /data $follow
`;

const sentinel = (name: string): string => `
set -eu
until redis-cli -h ${name}-0.${name} ping; do sleep 0.2; done
cat >/tmp/sentinel.conf <<END
port ${ports.sentinel}
protected-mode no
sentinel ${names}
sentinel announce-hostnames yes
sentinel announce-ip $POD.${name}
sentinel monitor redis ${name}-0.${name} ${ports.redis} ${quorum}
sentinel down-after-milliseconds redis 3000
sentinel failover-timeout redis 10000
END
exec redis-server /tmp/sentinel.conf --sentinel
`;

export function sentinelSet({ name, replicas }: SentinelSetOptions): readonly object[] {
  const labels = { app: name };
  return [
    headlessService(name, ports),
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        replicas,
        serviceName: name,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations: { [annotation.inject]: 'true' } },
          spec: {
            terminationGracePeriodSeconds: 5,
            securityContext: { runAsUser: user, runAsGroup: user, fsGroup: user, runAsNonRoot: true },
            containers: [
              container('redis', redis(name), ports.redis),
              container('sentinel', sentinel(name), ports.sentinel),
            ],
            volumes: [{ name: 'data', emptyDir: {} }],
          },
        },
      },
    },
  ];
}

const container = (name: 'redis' | 'sentinel', script: string, port: number): object => ({
  name,
  image: databasesImage,
  imagePullPolicy: 'Never',
  command: ['bash', '-c', script],
  env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
  ports: [{ name, containerPort: port }],
  readinessProbe: { tcpSocket: { port }, periodSeconds: 2 },
  ...(name === 'redis' && { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
});
