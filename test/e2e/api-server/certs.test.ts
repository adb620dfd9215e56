/** Against a real kube-apiserver, as a user who may do no more than the manifests grant. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';
import type { Secret } from '../../../certs/read-secret.js';
import { hasCode } from '../../../core/havoc-error.js';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { connect } from '../../../kube/connect.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import { readOwner } from '../../../kube/read-owner.js';
import {
  type Configuration,
  caBundles,
  heldIn,
  listEndpoints,
  mutating,
  place,
  register,
  secretTarget,
  shortLives,
  startReplica,
  toNextRound,
} from '../../certs/a-webhook.js';
import { ManualClock } from '../../core/manual-clock.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { freePort } from '../../sidecar/network/ports.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const { namespace } = place;
const boundMs = 90_000;

let server: ApiServer;
let administrator: KubeApi;
let webhook: KubeApi;

before(async () => {
  if (skip) return;
  server = await startApiServer({ users: { webhook: [] } });
  await server.kubectl.createNamespace(namespace);
  await server.kubectl.succeed(['apply', '-f', '-'], granted());
  administrator = connect({ kubeconfig: server.kubectl.kubeconfig });
  webhook = connect({ kubeconfig: server.kubeconfig('webhook') });
  // The authorizer hears of what was granted a moment later.
  await until(async () => {
    try {
      await webhook.get(mutating);
      return (await webhook.get(secretTarget)) === null;
    } catch (error) {
      if (hasCode(error, 'kube.forbidden')) return false;
      throw error;
    }
  });
});
after(() => server?.stop());

/** Everything that certificates in a Secret need, each by name where Kubernetes can tell names. */
function granted(): unknown {
  const rule = (
    apiGroup: string,
    resource: string,
    verbs: readonly string[],
    ...resourceNames: string[]
  ) => ({
    apiGroups: [apiGroup],
    resources: [resource],
    verbs,
    ...(resourceNames.length > 0 && { resourceNames }),
  });
  const configurations = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'];
  const bound = (kind: string, metadata: object, rules: readonly unknown[]) => [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'webhook' },
      subjects: [{ kind: 'User', name: 'webhook', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  ];
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      ...bound('Role', { name: 'webhook', namespace }, [
        rule('', 'secrets', ['get', 'list', 'watch', 'update'], place.secret),
        rule('', 'secrets', ['create']),
        rule('discovery.k8s.io', 'endpointslices', ['list']),
        rule('apps', 'deployments', ['get'], 'havock8s-webhook'),
      ]),
      ...bound(
        'ClusterRole',
        { name: 'webhook' },
        configurations.map((resource) =>
          rule('admissionregistration.k8s.io', resource, ['get', 'list', 'watch', 'patch'], 'havock8s'),
        ),
      ),
    ],
  };
}

/** Of this machine, since an EndpointSlice takes none of the loopback. */
function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

test('two replicas: made, trusted, restored, mended, renewed and rotated, with no more rights than these', {
  skip: skip || (ownAddress() === undefined && 'missing: an address that is not of the loopback'),
}, async (t) => {
  const clock = new ManualClock();
  const port = await freePort('0.0.0.0');
  const address = ownAddress() as string;
  await register(administrator);
  await listEndpoints(administrator, [address], port);
  const options = { api: webhook, clock, port, lifetimes: shortLives };
  const leader = startReplica(t, { ...options, address });
  const follower = startReplica(t, { ...options, address: '127.0.0.1' });
  const held = () => heldIn(administrator, clock.wallMs());
  const trusted = async (pem: string | undefined): Promise<boolean> =>
    (await caBundles(administrator)).every((bundle) => bundle === pem);

  assert.equal(await readOwner(webhook, namespace, 'havock8s-webhook'), null);
  leader.certificates.lead(true);
  await Promise.all([leader.certificates.ready, follower.certificates.ready]);
  const first = await administrator.get<Secret>(secretTarget);
  assert.equal(first?.type, 'kubernetes.io/tls');
  const { authority } = await held();
  assert.ok(await trusted(authority?.certificatePem));

  await server.kubectl.succeed(['delete', 'secret', place.secret, `--namespace=${namespace}`]);
  await until(async () => (await administrator.get(secretTarget)) !== null, boundMs);
  assert.deepEqual((await administrator.get<Secret>(secretTarget))?.data, first?.data);

  const emptied = { op: 'remove', path: '/webhooks/1/clientConfig/caBundle' } as const;
  await administrator.patch<Configuration>(mutating, { kind: 'json', body: [emptied] });
  await until(() => trusted(authority?.certificatePem), boundMs);

  await toNextRound(clock);
  await until(() => leader.bundles.length === 2 && follower.bundles.length === 2, boundMs);

  leader.certificates.lead(false);
  follower.certificates.lead(true);
  // Prepared and trusted, settled and promoted, asked and retired: as soon as the leader rests, it is time.
  const isRotated = async (): Promise<boolean> => {
    const { authority: present, old } = await held();
    const isAnother = present !== null && present.certificatePem !== authority?.certificatePem;
    return isAnother && old.length === 0 && (await trusted(present.certificatePem));
  };
  while (!(await isRotated())) {
    await toNextRound(clock);
  }
  const { leaf } = await held();
  for (const { bundles } of [leader, follower]) assert.equal(bundles.at(-1)?.keyPem, leaf?.keyPem);
  assert.ok(![...leader.codes, ...follower.codes].includes('kube.forbidden'));
});
