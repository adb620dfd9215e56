/**
 * What a controller needs to carry out runs, on an API server without nodes: the installation, a StatefulSet of three pods on
 * one node, each with a sidecar, and its own account behind a proxy that sees whatever it asks.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import type { ExperimentObject } from '../../../controller/experiment-object.js';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { connect } from '../../../kube/connect.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KubeObject, OwnerReference } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { type Running, spawnCli } from '../../cli/run-cli.js';
import { temporaryFolders } from '../../cli/temporary-folders.js';
import type { StartedControl } from '../../sidecar/control/started-control.js';
import { ApiProxy } from './api-proxy.js';
import { createPod, followAnnotations, namespace, sidecarOfToday } from './pods-without-nodes.js';

export const controllerUser = 'system:serviceaccount:havock8s-system:havock8s-controller';
const system = 'havock8s-system';
const lease = { resource: resources.leases, namespace: system, name: 'havock8s-controller' };
export const experiments = { resource: resources.experiments, namespace };

interface Values {
  readonly controller: {
    readonly heapMebibytes: number;
    readonly resources: { readonly limits: { readonly memory: string } };
  };
}

/** What an installation lets a controller have. */
export const { controller: installed } = parse(readFileSync('manifests/chart/values.yaml', 'utf8')) as Values;

export interface ControlledCluster {
  readonly server: ApiServer;
  readonly proxy: ApiProxy;
  /** As the administrator. */
  readonly api: KubeApi;
  readonly sidecars: ReadonlyMap<string, StartedControl>;
  /** Resolves when it leads. Whoever led before must be dead: its lease is taken away, which time would do. */
  startController(): Promise<Running>;
}

export interface ControlledClusterOptions {
  /** StatefulSets `db0`, `db1` and so on instead of the one called `db`. Only the first pod of each answers then. */
  readonly sets?: number;
  /** Pods of each. */
  readonly members?: number;
  /** How often it is looked whether faults have come to their end. */
  readonly tickMs?: number;
  readonly audit?: boolean;
}

export async function controlledCluster(
  t: TestContext,
  { sets, members = 3, tickMs = 50, audit = true }: ControlledClusterOptions = {},
): Promise<ControlledCluster> {
  const cwd = temporaryFolders(t);
  const server = await startApiServer({ users: { [controllerUser]: [] }, audit });
  t.after(() => server.stop());
  const { kubectl } = server;
  await kubectl.succeed(['apply', '--kustomize=manifests/base']);
  await kubectl.succeed(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  await kubectl.createNamespace(namespace, { 'havock8s.io/injection': 'enabled' });
  await createNode(server);
  const sidecars = new Map<string, StartedControl>();
  for (const name of Array.from({ length: sets ?? 1 }, (_, index) =>
    sets === undefined ? 'db' : `db${index}`,
  )) {
    const names = Array.from({ length: members }, (_, index) => `${name}-${index}`);
    for (const pod of names.slice(0, sets === undefined ? members : 1))
      sidecars.set(pod, await sidecarOfToday(t, tickMs));
    await createSet(server, name, names, sidecars);
  }
  followAnnotations(t, kubectl, ...[...sidecars].map(([pod, { registry }]) => ({ pod, registry })));
  const api = connect({ kubeconfig: kubectl.kubeconfig });
  const proxy = await ApiProxy.start(t, server);
  const kubeconfig = proxy.kubeconfig(server.kubeconfig(controllerUser));
  const startController = async (): Promise<Running> => {
    await api.remove(lease);
    const started = spawnCli(
      t,
      [
        ...['controller', '--kubeconfig', kubeconfig, '--namespace', system],
        ...['--metrics-port', '0', '--state-dir', join(cwd, 'state')],
      ],
      { env: { ...process.env, NODE_OPTIONS: `--max-old-space-size=${installed.heapMebibytes}` } },
    );
    await started.says(/controller\.leads/);
    return started;
  };
  return { server, proxy, api, sidecars, startController };
}

async function createNode({ kubectl }: ApiServer): Promise<void> {
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }];
  await kubectl.succeed(['create', '-f', '-'], { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
  await kubectl.succeed([
    ...['patch', 'node', 'n1', '--subresource=status', '--type=merge'],
    ...['-p', JSON.stringify({ status: { conditions } })],
  ]);
}

async function createSet(
  { kubectl }: ApiServer,
  name: string,
  pods: readonly string[],
  sidecars: ReadonlyMap<string, StartedControl>,
): Promise<void> {
  const api = connect({ kubeconfig: kubectl.kubeconfig });
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'db', image: 'db' }] } };
  const { metadata } = await api.create({ resource: resources.statefulSets, namespace }, {
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name } },
    spec: { replicas: pods.length, serviceName: name, selector: { matchLabels: labels }, template },
  } as KubeObject);
  const owner: OwnerReference = {
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid: metadata.uid ?? '', controller: true },
  };
  await Promise.all(
    pods.map((pod) => {
      const url = sidecars.get(pod)?.url;
      const readOnlyPort = url === undefined ? 1 : Number(new URL(url).port);
      return createPod(kubectl, { name: pod, labels, owner, isReady: true, readOnlyPort });
    }),
  );
}

export async function createExperiment(
  { api }: ControlledCluster,
  name: string,
  spec: object,
): Promise<void> {
  await api.create(experiments, {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name },
    spec,
  } as ExperimentObject);
}

export const experimentNow = ({ api }: ControlledCluster, name: string): Promise<ExperimentObject | null> =>
  api.get<ExperimentObject>({ ...experiments, name });

/** It has a verdict, and nothing holds it any more. */
export const isThroughNow = async (cluster: ControlledCluster, name: string): Promise<boolean> => {
  const { status, metadata } = (await experimentNow(cluster, name)) ?? {};
  return status?.verdict !== undefined && (metadata?.finalizers ?? []).length === 0;
};
