/** The doctor against a real API server, on which each thing that can stick is forged. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { programPath } from '../../../dev/cluster/binaries.js';
import type { Kubectl } from '../../../dev/cluster/kubectl.js';
import { type Examined, examine, type ShownFinding } from '../../cli/doctor/examined.js';
import { injectedPod } from '../../cli/doctor/injected-pod.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod } from '../../webhook/pods.js';
import { service, system } from './install.js';
import { issuePair } from './serving-pair.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const pair = issuePair(`${service}.${system}.svc`);
const kinds = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'];

let server: ApiServer;
let kubectl: Kubectl;
const env = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${dirname(programPath('kubectl'))}:${process.env['PATH']}`,
});

const look = (...args: readonly string[]): Promise<Examined> =>
  examine([], ['--cluster', `--kubeconfig=${kubectl.kubeconfig}`, ...args], env());

const about = (examined: Examined, check: string, subject: string): ShownFinding => {
  const found = examined.of(check).find((one) => one.subject.startsWith(subject));
  assert.ok(found, `${check} says nothing of ${subject}: ${JSON.stringify(examined.of(check))}`);
  return found;
};

before(async () => {
  if (skip !== false) return;
  server = await startApiServer();
  ({ kubectl } = server);
});
after(() => server?.stop());

const apply = (object: unknown): Promise<string> => kubectl.succeed(['apply', '-f', '-'], object);
const create = (object: unknown): Promise<string> => kubectl.succeed(['create', '-f', '-'], object);
const patchStatus = (words: readonly string[], status: unknown): Promise<string> =>
  kubectl.succeed([
    'patch',
    ...words,
    '--subresource=status',
    '--type=merge',
    `--patch=${JSON.stringify({ status })}`,
  ]);

test('a cluster without a webhook is not a failure, and is told how to get one', { skip }, async () => {
  const { code, place, of } = await look();
  assert.equal(code, 0);
  assert.match(place, /^on cluster administrator \(https:.*: pods of opted-in namespaces$/);
  assert.equal(of('kubernetes')[0]?.verdict, 'ok');
  assert.match(of('webhook')[0]?.do[0] ?? '', /kubectl apply -k/);
  assert.match(of('namespaces')[0]?.found ?? '', /no namespace is opted in/);
});

async function trust(authority: string): Promise<void> {
  const value = Buffer.from(authority).toString('base64');
  const patch = JSON.stringify([{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value }]);
  for (const kind of kinds)
    await kubectl.succeed(['patch', kind, 'havock8s', '--type=json', `--patch=${patch}`]);
}

test('a webhook that is installed and does not run, and certificates of every sort', { skip }, async () => {
  await kubectl.succeed(['apply', '--kustomize=manifests/base']);
  await create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'havock8s-webhook-tls', namespace: system },
    stringData: { 'tls.crt': pair.certificate, 'tls.key': pair.key },
  });
  const away = await look();
  assert.equal(away.code, 1);
  assert.match(about(away, 'webhook', `${system}/${service}`).found, /0 of 2 replicas|leads to nobody/);
  assert.match(away.of('certificate')[0]?.found ?? '', /it has no caBundle/);

  await trust(issuePair('elsewhere.example').authority);
  assert.match(
    (await look()).of('certificate')[0]?.found ?? '',
    /not the authority of the certificate that is served/,
  );

  await trust(pair.authority);
  assert.deepEqual(
    (await look()).of('certificate').map(({ verdict }) => verdict),
    ['ok'],
  );

  await patchStatus(['deployment', service, '-n', system], { replicas: 2, readyReplicas: 2 });
  await apply({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: service, namespace: system, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: 'https', port: 8443, protocol: 'TCP' }],
    endpoints: [{ addresses: ['10.0.0.9'], conditions: { ready: true } }],
  });
  const well = await look();
  assert.deepEqual(
    [well.code, well.of('webhook')[0]?.verdict],
    [0, 'ok'],
    JSON.stringify(well.of('webhook')),
  );
});

test('an authority that has expired, by the API server’s clock', { skip }, async () => {
  const expired = issuePair(`${service}.${system}.svc`, { agedMs: 48 * 3_600_000 });
  await trust(expired.authority);
  const found = (await look()).of('certificate');
  assert.match(found[0]?.found ?? '', /its caBundle has expired/);
  await trust(pair.authority);
});

async function addNode(name: string, kernel: string, ready: boolean, skewMs: number): Promise<void> {
  await create({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
  await patchStatus(['node', name], {
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown', reason: 'forged', message: '' }],
    nodeInfo: { ...noInfo, kernelVersion: kernel, operatingSystem: 'linux' },
  });
  await create({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTime(Date.now() + skewMs) },
  });
}

const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');
const noInfo = Object.fromEntries(
  [
    'machineID',
    'systemUUID',
    'bootID',
    'osImage',
    'containerRuntimeVersion',
    'kubeletVersion',
    'kubeProxyVersion',
    'architecture',
  ].map((name) => [name, '']),
);

test('nodes: one that is well, a clock that is ahead, one that is behind, an old kernel, one that is away', {
  skip,
}, async () => {
  await addNode('well', '6.12.0', true, 0);
  await addNode('ahead', '6.12.0', true, 90_000);
  await addNode('behind', '6.12.0', true, -20_000);
  await addNode('old', '5.10.0-28-amd64', true, 0);
  await addNode('away', '6.12.0', false, 0);
  const seen = await look();
  assert.match(about(seen, 'clocks', 'ahead').found, /^its clock is (89|90|91) s ahead of/);
  assert.equal(about(seen, 'clocks', 'ahead').verdict, 'broken');
  assert.match(about(seen, 'clocks', 'behind').found, /^its clock is (19|20|21|22) s behind/);
  assert.equal(about(seen, 'clocks', 'behind').verdict, 'warning');
  assert.ok(!seen.of('clocks').some(({ subject }) => subject === 'well' || subject === 'old'));
  assert.match(about(seen, 'nodes', 'old').found, /RESEND \(6\.9\)/);
  assert.equal(about(seen, 'nodes', 'away').verdict, 'broken');
});

test('pods: stuck, out of memory, without propagation, of another version, without their sidecar, with bad sentences', {
  skip,
}, async () => {
  await kubectl.createNamespace('shop', { [injectionLabel]: injectionEnabled });
  await kubectl.createNamespace('plain');
  await kubectl.createNamespace('strict', {
    [injectionLabel]: injectionEnabled,
    'pod-security.kubernetes.io/enforce': 'baseline',
  });
  const injected = (name: string, rest: Parameters<typeof injectedPod>[2] = {}): Promise<string> =>
    create(injectedPod('shop', name, { node: 'well', ...rest }));
  await injected('stuck');
  await kubectl.succeed(['delete', 'pod', 'stuck', '-n', 'shop', '--wait=false', '--grace-period=1']);
  await injected('hungry');
  const ended = { exitCode: 137, reason: 'OOMKilled', startedAt: null, finishedAt: null };
  await patchStatus(['pod', 'hungry', '-n', 'shop'], {
    initContainerStatuses: [
      statusOf('havock8s-faults', { restartCount: 4, lastState: { terminated: ended } }),
    ],
  });
  await injected('unshared');
  const message = 'path "/var/lib/kubelet/x" is mounted on "/" but it is not a shared mount';
  await patchStatus(['pod', 'unshared', '-n', 'shop'], {
    initContainerStatuses: [
      statusOf('havock8s-mount', { state: { waiting: { reason: 'CreateContainerError', message } } }),
    ],
  });
  await injected('older', { image: 'localhost/havock8s:0.0.9' });
  await create({ ...databasePod('bare'), metadata: { ...databasePod('bare').metadata, namespace: 'plain' } });
  await create(
    injectedPod('shop', 'faulted', {
      annotations: { 'fault.havock8s.io/bad': 'disk latensy 1ms', 'fault.havock8s.io/far': 'disk freeze' },
    }),
  );

  const seen = await look('--all-namespaces');
  assert.equal(seen.code, 1);
  assert.match(about(seen, 'sidecars', 'shop/hungry havock8s-faults').found, /OOMKilled/);
  assert.match(about(seen, 'sidecars', 'shop/unshared havock8s-mount').do[0] ?? '', /make-rshared/);
  assert.match(about(seen, 'injection', 'shop/older').found, /0\.0\.9/);
  assert.match(about(seen, 'injection', 'plain/bare').found, /namespace-not-enabled/);
  assert.match(about(seen, 'faults', 'shop/faulted').found, /fault\.havock8s\.io\/bad: column 6: .*latency/);
  assert.match(about(seen, 'namespaces', 'strict').found, /baseline/);
  const opted = await look();
  assert.ok(
    !opted.of('injection').some(({ subject }) => subject === 'plain/bare'),
    'only where it is opted in',
  );
  assert.match(
    about(await look('-n', 'plain'), 'injection', 'plain/bare').do[0] ?? '',
    /kubectl label namespace plain/,
  );

  await until(async () => (await look()).of('terminating')[0]?.verdict === 'broken', 60_000);
  const [overdue] = (await look()).of('terminating');
  assert.equal(overdue?.subject, 'shop/stuck');
  assert.match(overdue?.do[0] ?? '', /findmnt .*fuse\.havock8s.* umount --lazy/);
});

function statusOf(name: string, rest: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { name, image: '', imageID: '', ready: false, restartCount: 0, ...rest };
}

test('who may read pods alone is told what else could not be seen, and who may do nothing likewise', {
  skip,
}, async () => {
  const nobody = server.kubeconfig('somebody', 'no-such-token');
  await assert.rejects(examine([], ['--cluster', `--kubeconfig=${nobody}`], env()), /doctor\.unreachable/);
  const namespaced = await kubectl.succeed(['create', 'token', 'default', '-n', 'shop']);
  await kubectl.succeed(['create', 'role', 'reader', '-n', 'shop', '--verb=list,get', '--resource=pods']);
  await kubectl.succeed([
    'create',
    'rolebinding',
    'reader',
    '-n',
    'shop',
    '--role=reader',
    '--serviceaccount=shop:default',
  ]);
  const config = server.kubeconfig('shop-default', namespaced.trim());
  const seen = await examine([], ['--cluster', '-n', 'shop', `--kubeconfig=${config}`], env());
  assert.match(seen.of('nodes')[0]?.found ?? '', /cannot list resource "nodes"/);
  assert.equal(seen.of('nodes')[0]?.verdict, 'unknown');
  assert.match(about(seen, 'sidecars', 'shop/hungry').found, /OOMKilled/);
});

test('an API server that is not there is a failure within the bound, and no kubectl is said', {
  skip,
}, async () => {
  const started = performance.now();
  await assert.rejects(
    examine([], ['--cluster', '--kubeconfig=/nowhere'], env()),
    /doctor\.unreachable|doctor\.refused/,
  );
  assert.ok(performance.now() - started < 15_000);
  await assert.rejects(
    examine([], ['--cluster'], { ...process.env, PATH: '/nowhere' }),
    /doctor\.no-kubectl/,
  );
});
