/**
 * The webhook as it is installed, without nodes: its manifests on a real API server, its replicas as processes. What
 * the kubelet and the controller of EndpointSlices would do is done here.
 *
 *     kubectl ─► kube-apiserver ── Service, EndpointSlices, caBundle ──► replica 0, replica 1 ...
 *                     ▲                                                     │ token of its service account
 *                     └─────────────────────────────────────────────────────┘
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { ClusterHost } from '../../../dev/cluster/cluster-host.js';
import type { Kubectl } from '../../../dev/cluster/kubectl.js';
import { MemoryCgroup } from '../../memory-cgroup.js';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod, isInjected, type StoredPod } from '../../webhook/pods.js';
import { type CertificateMaker, type Installation, install, service, system } from './install.js';
import { ports, Replica } from './replica.js';
import { type IssuedPair, issuePair } from './serving-pair.js';

/** The namespace that is opted in. */
export const databases = 'databases';

export interface WebhookClusterOptions {
  readonly replicas: number;
  /** Who makes the certificates: the leading replica, or this cluster, in the role of cert-manager. */
  readonly certs?: CertificateMaker;
  /** What the Secret has beforehand: PEM by name. */
  readonly secret?: Readonly<Record<string, string>>;
  /** Of memory for each replica, as the Deployment limits it. */
  readonly memoryBytes?: number;
  /** As of ApiServerOptions. */
  readonly users?: Readonly<Record<string, readonly string[]>>;
}

const firstAddress = 11;
const effectMs = 30_000;

export class WebhookCluster {
  readonly #replicas: Replica[] = [];
  #pair: IssuedPair = issuePair(`${service}.${system}.svc`);
  readonly #installation: Installation;
  readonly #memoryBytes: number | null;

  private constructor(
    readonly host: ClusterHost,
    readonly server: ApiServer,
    installation: Installation,
    memoryBytes: number | null,
  ) {
    this.#installation = installation;
    this.#memoryBytes = memoryBytes;
  }

  /** Resolves once pods are injected and bad sentences refused. */
  static async start({
    replicas,
    certs = 'secret',
    secret,
    memoryBytes,
    users = {},
  }: WebhookClusterOptions): Promise<WebhookCluster> {
    const host = await ClusterHost.start();
    const open: (() => Promise<void>)[] = [() => host.close()];
    try {
      const server = await startApiServer({ host, users, audit: true });
      open.unshift(server.stop);
      const cluster = new WebhookCluster(host, server, await install(server, certs), memoryBytes ?? null);
      open.unshift(() => cluster.#endReplicas());
      await server.kubectl.createNamespace(databases, { [injectionLabel]: injectionEnabled });
      if (secret !== undefined) await cluster.#createSecret(secret);
      if (certs === 'files') {
        await cluster.serve(cluster.pair);
        await cluster.trust(cluster.pair.authority);
      }
      for (let count = 0; count < replicas; count++) await cluster.startReplica();
      await until(() => cluster.isAtWork(), effectMs);
      return cluster;
    } catch (error) {
      for (const close of open) await close();
      throw error;
    }
  }

  get kubectl(): Kubectl {
    return this.server.kubectl;
  }

  get replicas(): readonly Replica[] {
    return this.#replicas;
  }

  /** Ready, and among the endpoints of the service. */
  async startReplica(): Promise<Replica> {
    const index = this.#replicas.length;
    const cgroup =
      this.#memoryBytes === null ? null : new MemoryCgroup(`${service}-${index}`, this.#memoryBytes);
    const { args, nodeOptions, kubeconfig } = this.#installation;
    const replica = new Replica({
      host: await this.host.add(firstAddress + index),
      name: `${service}-${index}`,
      args,
      nodeOptions,
      cgroup,
      kubeconfig,
      namespace: system,
      folder: this.server.folder,
    });
    this.#replicas.push(replica);
    await replica.untilReady();
    await this.setEndpoint(replica, true);
    return replica;
  }

  /** As the controller does when a pod gets ready or stops being so. */
  async setEndpoint({ options: { name, host } }: Replica, ready: boolean): Promise<void> {
    await this.kubectl.succeed(['apply', '-f', '-'], {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace: system, labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      ports: [{ name: 'https', port: ports.https, protocol: 'TCP' }],
      endpoints: [{ addresses: [host.address], conditions: { ready } }],
    });
  }

  /** What the replicas serve, with certificates of files. */
  get pair(): IssuedPair {
    return this.#pair;
  }

  /** Written as the kubelet mounts a Secret; resolves once every replica serves it. */
  async serve(pair: IssuedPair): Promise<void> {
    const { certificates } = this.#installation;
    writeFileSync(join(certificates, 'tls.key'), pair.key, { mode: 0o600 });
    writeFileSync(join(certificates, 'tls.crt'), pair.certificate);
    this.#pair = pair;
    for (const replica of this.#replicas.filter(({ hasEnded }) => !hasEnded))
      await until(async () => (await replica.serves()) === pair.certificate, effectMs);
  }

  /** PEM of one authority or several, as cert-manager fills it in. */
  async trust(authorities: string): Promise<void> {
    const value = Buffer.from(authorities).toString('base64');
    for (const kind of ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration']) {
      const { webhooks } = await this.kubectl.json<{ readonly webhooks: readonly unknown[] }>([
        'get',
        kind,
        'havock8s',
      ]);
      const patch = webhooks.map((_, index) => ({
        op: 'add',
        path: `/webhooks/${index}/clientConfig/caBundle`,
        value,
      }));
      await this.kubectl.succeed([
        'patch',
        kind,
        'havock8s',
        '--type=json',
        `--patch=${JSON.stringify(patch)}`,
      ]);
    }
  }

  /** Both webhooks, asked by a dry run. */
  async isAtWork(): Promise<boolean> {
    const args = ['create', '--dry-run=server', `--namespace=${databases}`, '-f', '-'];
    const made = await this.kubectl.json<StoredPod>(args, databasePod('probe'));
    const bad = databasePod('probe', { 'fault.havock8s.io/probe': 'nonsense' });
    return isInjected(made) && (await this.kubectl.run(args, bad)).code !== 0;
  }

  async stop(): Promise<void> {
    await this.#endReplicas();
    await this.server.stop();
    await this.host.close();
  }

  async #createSecret(stringData: Readonly<Record<string, string>>): Promise<void> {
    await this.kubectl.succeed(['create', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { name: 'havock8s-webhook-tls', namespace: system },
      stringData,
    });
  }

  async #endReplicas(): Promise<void> {
    for (const replica of this.#replicas) {
      await replica.end('SIGKILL');
      await replica.options.cgroup?.remove();
    }
  }
}
