/** Install, upgrade and uninstall on a real API server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiServer, startApiServer } from '../../../../dev/cluster/api-server.js';
import { Kubectl } from '../../../../dev/cluster/kubectl.js';
import {
  base,
  chart,
  find,
  type KubernetesObject,
  objectsIn,
  ownNamespace,
  template,
} from '../../../manifests/programs.js';
import { cannotInstall, databases, helm, withInstallation } from './installation.js';

const skip = cannotInstall;
const configurations = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'];
const certificate = Buffer.from(
  '-----BEGIN CERTIFICATE-----\nMIIBITCByaADAgECAgEBMAoGCCqGSM49BAMCMA0xCzAJBgNVBAMMAmNh\n-----END CERTIFICATE-----\n',
);
const onServerSide = ['apply', '--server-side', '--force-conflicts'];

test('a server-side dry run takes every object of base and chart, however the certificates come', {
  skip,
}, async () => {
  const server = await startApiServer();
  try {
    await server.kubectl.createNamespace(ownNamespace);
    const outputs = [await server.kubectl.succeed(['kustomize', base]), template('certs.source="files"')];
    for (const output of outputs) {
      const told = await server.kubectl.succeed([...onServerSide, '--dry-run=server', '-f', '-'], output);
      assert.equal(told.trim().split('\n').length, objectsIn(output).length);
      assert.match(told, /mutatingwebhookconfiguration\S* serverside-applied \(server dry run\)/);
    }
  } finally {
    await server.stop();
  }
});

test('an upgrade leaves the CA alone that the leader has filled in, and so does kubectl apply', {
  skip,
}, async () => {
  await withInstallation({}, async (server) => {
    const caBundle = await fillIn(server);
    helm(server, ['upgrade', 'havock8s', chart, '--set', 'webhook.timeoutSeconds=5']);
    assert.deepEqual(await bundles(server), [caBundle, caBundle]);
    assert.deepEqual(await timeouts(server), [5, 5]);
    await server.kubectl.succeed([...onServerSide, '-k', base]);
    assert.deepEqual(await bundles(server), [caBundle, caBundle]);
    assert.deepEqual(await timeouts(server), [3, 3]);
    await server.kubectl.succeed(['apply', '-k', base]);
    assert.deepEqual(await bundles(server), [caBundle, caBundle]);
  });
});

test('an upgrade leaves the Secret alone that the leader has made; uninstalling leaves nothing else', {
  skip,
}, async () => {
  await withInstallation({}, async (server) => {
    const { kubectl } = server;
    const secret = ['secret', 'havock8s-webhook-tls', `--namespace=${ownNamespace}`];
    await kubectl.succeed(['create', 'secret', 'generic', ...secret.slice(1), '--from-literal=tls.crt=ours']);
    const made = await kubectl.json<KubernetesObject>(['get', ...secret]);
    helm(server, ['upgrade', 'havock8s', chart, '--set', 'replicas=3']);
    assert.deepEqual(await kubectl.json(['get', ...secret]), made);
    helm(server, ['uninstall', 'havock8s']);
    const kinds = (await kubectl.succeed(['api-resources', '--verbs=list', '--output=name']))
      .trim()
      .split('\n');
    const left = await kubectl.succeed([
      ...['get', kinds.filter((kind) => kind !== 'events').join(','), '--all-namespaces', '--output=name'],
      '--selector=app.kubernetes.io/name=havock8s',
    ]);
    assert.equal(left, '');
  });
});

test('an account learns its own uid, to own what it makes, with no permission at all', { skip }, async () => {
  await withInstallation({}, async (server) => {
    const account = ['havock8s-webhook', `--namespace=${ownNamespace}`];
    const token = (await server.kubectl.succeed(['create', 'token', ...account])).trim();
    const kubectl = new Kubectl(server.kubeconfig('webhook', token));
    const review = await kubectl.json<KubernetesObject>(['auth', 'whoami']);
    const { metadata } = await server.kubectl.json<KubernetesObject>(['get', 'serviceaccount', ...account]);
    assert.equal(review['status'].userInfo.uid, (metadata as { uid?: string }).uid);
  });
});

test("the webhook's pods pass Pod Security restricted, which refuses one that is privileged", {
  skip,
}, async () => {
  await withInstallation({}, async ({ kubectl }) => {
    const { template: made } = find(objectsIn(template()), 'Deployment', 'havock8s-webhook')['spec'];
    const namespace = 'havock8s-restricted';
    await kubectl.createNamespace(namespace, { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await kubectl.succeed(['create', 'serviceaccount', made.spec.serviceAccountName, `-n=${namespace}`]);
    const podOf = (spec: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...made.metadata, name: 'webhook', namespace },
      spec,
    });
    await kubectl.succeed(['create', '--dry-run=server', '-f', '-'], podOf(made.spec));
    const [container] = made.spec.containers;
    const privileged = { ...container, securityContext: { privileged: true } };
    const refused = await kubectl.run(
      ['create', '--dry-run=server', '-f', '-'],
      podOf({ ...made.spec, containers: [privileged] }),
    );
    assert.match(refused.stderr, /violates PodSecurity "restricted/);
  });
});

test('a second release is refused: names are fixed, and two would inject twice', { skip }, async () => {
  await withInstallation({}, async (server) => {
    assert.throws(
      () => helm(server, ['install', 'another', chart, '--namespace', databases]),
      /cannot be imported into the current release/,
    );
  });
});

/** As the leader does. */
async function fillIn(server: ApiServer): Promise<string> {
  const caBundle = certificate.toString('base64');
  const patch = JSON.stringify([{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }]);
  for (const kind of configurations) {
    await server.kubectl.succeed(['patch', kind, 'havock8s', '--type=json', `--patch=${patch}`]);
  }
  return caBundle;
}

const first = (server: ApiServer) =>
  Promise.all(
    configurations.map(async (kind) => {
      const { webhooks } = await server.kubectl.json<KubernetesObject>(['get', kind, 'havock8s']);
      return webhooks[0];
    }),
  );

const bundles = async (server: ApiServer): Promise<readonly unknown[]> =>
  (await first(server)).map(({ clientConfig }) => clientConfig.caBundle);

const timeouts = async (server: ApiServer): Promise<readonly unknown[]> =>
  (await first(server)).map(({ timeoutSeconds }) => timeoutSeconds);
