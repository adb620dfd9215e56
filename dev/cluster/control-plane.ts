/** Starts etcd, kube-apiserver, the controllers, the scheduler and CoreDNS in one enclosure. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../test/sidecar/mounted/until.js';
import { certify } from './certify.js';
import {
  apiPort,
  apiUrl,
  type ClusterPlan,
  controlAddress,
  controlFolder,
  nodeUser,
} from './cluster-plan.js';
import { administrator, kubeconfigFile, writeKubeconfig, writeTokens } from './credentials.js';
import { isRunning, startDaemon, tailOfLog } from './daemon.js';
import { Enclosure } from './enclosure.js';
import { isReady } from './is-ready.js';
import { Kubectl } from './kubectl.js';
import { plugControlPlane } from './network.js';
import { kubeControllerManagerCommand, kubeSchedulerCommand } from './programs/controllers.js';
import { corednsCommand } from './programs/coredns.js';
import { etcdCommand, etcdUrl } from './programs/etcd.js';
import { authorityOf, kubeApiServerCommand, serviceAccountKey } from './programs/kube-apiserver.js';

const etcdPorts = { client: 2379, peer: 2380 };
const readyMs = 60_000;
/** Of what the API server shows kubelets: a year, since a cluster may stay up. */
const lifeMs = 365 * 24 * 3_600_000;

/** As kube-apiserver's own bindings know them (rbac bootstrap policy), but for the last. */
export const users = {
  controllerManager: 'system:kube-controller-manager',
  scheduler: 'system:kube-scheduler',
  proxy: 'system:kube-proxy',
  dns: 'system:coredns',
} as const;

/** Resolves once the API server answers. */
export async function startControlPlane(plan: ClusterPlan): Promise<Enclosure> {
  const folder = controlFolder(plan);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const enclosure = await Enclosure.start({ pidFile: join(folder, 'pid'), mortal: plan.mortal });
  plugControlPlane(plan, enclosure);
  const start = (name: string, command: readonly string[]): void =>
    startDaemon(enclosure, folder, { name, command });
  start('etcd', etcdCommand(folder, etcdPorts));
  const tokens = writeTokens(folder, groups(plan));
  start('kube-apiserver', apiServerCommand(plan));
  await untilReady(plan, enclosure);
  writeFiles(plan, tokens);
  start('kube-controller-manager', controllerManagerCommand(folder));
  start('kube-scheduler', kubeSchedulerCommand(kubeconfigFile(folder, users.scheduler)));
  const kubeconfig = kubeconfigFile(folder, users.dns);
  start('coredns', corednsCommand({ folder, address: controlAddress(plan), kubeconfig }));
  await letResolve(new Kubectl(kubeconfigFile(folder, administrator)));
  return enclosure;
}

/** Of the authority that kubelets know the API server by. */
export const clientAuthorityFile = (folder: string): string => join(folder, 'kubelet-client-authority.crt');

const groups = (plan: ClusterPlan): Readonly<Record<string, readonly string[]>> => ({
  ...Object.fromEntries(Object.values(users).map((user) => [user, []])),
  ...Object.fromEntries(plan.nodes.map((node) => [nodeUser(node), ['system:nodes']])),
});

function apiServerCommand(plan: ClusterPlan): readonly string[] {
  const folder = controlFolder(plan);
  const authority = certify({ subject: 'kubelet clients', usage: 'authority', lifeMs });
  const client = certify({
    subject: 'kube-apiserver',
    organization: 'system:masters',
    usage: 'client',
    lifeMs,
    issuer: authority,
  });
  writeFileSync(clientAuthorityFile(folder), authority.pem);
  const [certificate, key] = [join(folder, 'kubelet-client.crt'), join(folder, 'kubelet-client.key')];
  writeFileSync(certificate, client.pem);
  writeFileSync(key, client.keyPem, { mode: 0o600 });
  const more = [
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    `--kubelet-client-certificate=${certificate}`,
    `--kubelet-client-key=${key}`,
    '--kubelet-preferred-address-types=InternalIP',
    // Pods of a dead node move in seconds, and not in five minutes.
    '--default-not-ready-toleration-seconds=10',
    '--default-unreachable-toleration-seconds=10',
  ];
  const parts = { folder, etcdUrl: etcdUrl(etcdPorts.client), address: controlAddress(plan), port: apiPort };
  return kubeApiServerCommand({ ...parts, audit: true, more });
}

async function untilReady(plan: ClusterPlan, enclosure: Enclosure): Promise<void> {
  const folder = controlFolder(plan);
  let dead = '';
  await until(async () => {
    dead = ['etcd', 'kube-apiserver'].find((name) => !isRunning(enclosure, folder, name)) ?? '';
    return dead !== '' || (await isReady(apiUrl(plan)));
  }, readyMs).catch((cause: unknown) => {
    throw new Error(`the API server does not get ready:\n${tailOfLog(folder, 'kube-apiserver')}`, { cause });
  });
  if (dead !== '') throw new Error(`${dead} ended:\n${tailOfLog(folder, dead)}`);
}

function writeFiles(plan: ClusterPlan, tokens: Readonly<Record<string, string>>): void {
  const folder = controlFolder(plan);
  const authority = authorityOf(folder);
  writeFileSync(join(folder, 'authority.crt'), authority);
  for (const [user, token] of Object.entries(tokens))
    writeKubeconfig({ folder, url: apiUrl(plan), authority, user, token });
}

const controllerManagerCommand = (folder: string): readonly string[] =>
  kubeControllerManagerCommand({
    kubeconfig: kubeconfigFile(folder, users.controllerManager),
    serviceAccountKey: serviceAccountKey(folder),
    authority: join(folder, 'authority.crt'),
  });

/** What CoreDNS may read, as its own manifests say. */
async function letResolve(kubectl: Kubectl): Promise<void> {
  const metadata = { name: users.dns };
  const verbs = ['list', 'watch'];
  await kubectl.succeed(['apply', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata,
        rules: [
          { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs },
          { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
        ],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: users.dns },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: users.dns }],
      },
    ],
  });
}
