/** The admission policies, judged by a real API server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiServer } from '../../../../dev/cluster/api-server.js';
import { Kubectl, type KubectlResult } from '../../../../dev/cluster/kubectl.js';
import { cannotInstall, databases, eventually, pod, withInstallation } from './installation.js';

const skip = cannotInstall;
const here = `--namespace=${databases}`;
const sentence = 'fault.havock8s.io/slow=disk latency 200ms';

/** `outsider` may change pods, `author` may set faults as well. */
async function withUsers(use: (server: ApiServer, outsider: Kubectl, author: Kubectl) => Promise<void>) {
  const users = { outsider: [], author: [] };
  await withInstallation({ users }, async (server) => {
    const { kubectl } = server;
    const resources = 'pods,pods/status,pods/binding,bindings';
    await kubectl.succeed([
      ...['create', 'role', 'pod-editor', here, '--verb=get,list,create,update,patch'],
      `--resource=${resources}`,
    ]);
    const bind = ['create', 'rolebinding', here];
    await kubectl.succeed([...bind, 'editors', '--role=pod-editor', '--user=outsider', '--user=author']);
    await kubectl.succeed([...bind, 'authors', '--clusterrole=havock8s-fault-author', '--user=author']);
    await kubectl.succeed(['create', '-f', '-'], pod('pg', { spec: { initContainers: [faults] } }));
    const outsider = new Kubectl(server.kubeconfig('outsider'));
    await eventually(async () => (await annotate(outsider, sentence, '--dry-run=server')).code !== 0);
    await use(server, outsider, new Kubectl(server.kubeconfig('author')));
  });
}

const annotate = (kubectl: Kubectl, ...words: readonly string[]): Promise<KubectlResult> =>
  kubectl.run(['annotate', 'pod', 'pg', here, '--overwrite', ...words]);

const refusal =
  /outsider may not set faults on pods of namespace databases: that takes the verb create on faults\.havock8s\.io there/;

test('who may set a fault is what RBAC says', { skip }, async () => {
  await withUsers(async ({ kubectl }, outsider, author) => {
    assert.match((await annotate(outsider, sentence)).stderr, refusal);
    assert.equal((await annotate(outsider, 'note=anything')).code, 0, 'other annotations are free');
    assert.equal((await annotate(author, sentence)).code, 0);
    assert.equal((await annotate(outsider, 'note=else')).code, 0, 'a fault that is there is in nobody’s way');
    assert.match((await annotate(outsider, `${sentence} for 1h`)).stderr, refusal, 'nor may it be changed');
    assert.equal((await annotate(outsider, 'fault.havock8s.io/slow-')).code, 0, 'anybody may end one');
    assert.equal((await annotate(kubectl, sentence)).code, 0, 'the administrator may everything');
  });
});

test('neither the status of a pod nor its binding is a way around', { skip }, async () => {
  await withUsers(async (_, outsider) => {
    const annotations = { 'fault.havock8s.io/slow': 'disk latency 200ms' };
    const patch = `--patch=${JSON.stringify({ metadata: { annotations } })}`;
    const byStatus = await outsider.run(['patch', 'pod', 'pg', here, '--subresource=status', patch]);
    assert.match(byStatus.stderr, refusal);
    const binding = (kept: object) => ({
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'pg', annotations: kept },
      target: { apiVersion: 'v1', kind: 'Node', name: 'node' },
    });
    for (const url of ['bindings', 'pods/pg/binding']) {
      const raw = ['create', `--raw=/api/v1/namespaces/${databases}/${url}`, '-f', '-'];
      assert.match((await outsider.run(raw, binding(annotations))).stderr, refusal, url);
    }
    const raw = ['create', `--raw=/api/v1/namespaces/${databases}/pods/pg/binding`, '-f', '-'];
    await outsider.succeed(raw, binding({}));
  });
});

test('a pod without a sidecar carries out no fault, and nobody is asked who sets one there', {
  skip,
}, async () => {
  await withUsers(async (_, outsider) => {
    await outsider.succeed(['create', '-f', '-'], pod('plain'));
    await outsider.succeed(['annotate', 'pod', 'plain', here, sentence]);
  });
});

test('whoever creates a pod may give it faults: controllers carry what a template says', {
  skip,
}, async () => {
  await withUsers(async (_, outsider) => {
    const annotations = { 'fault.havock8s.io/slow': 'disk latency 200ms' };
    await outsider.succeed(['create', '-f', '-'], pod('with-fault', { annotations }));
  });
});

test('a pod with as many annotations as Kubernetes takes is still judged', { skip }, async () => {
  await withUsers(async (_, outsider, author) => {
    const many = Object.fromEntries(Array.from({ length: 30_000 }, (_unused, at) => [`k${at}`, '']));
    const annotations = { ...many, note: 'x'.repeat(60_000) };
    await author.succeed(
      ['create', '-f', '-'],
      pod('large', { annotations, spec: { initContainers: [faults] } }),
    );
    const set = ['annotate', 'pod', 'large', here, sentence];
    assert.match((await outsider.run(set)).stderr, refusal);
    await author.succeed(set);
  });
});

const status = { 'havock8s.io/status': '{}' };
const native = (name: string) => ({
  name,
  image: 'localhost/havock8s:0.1.0',
  args: [name.replace('havock8s-', '')],
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  restartPolicy: 'Always',
});
const served = [{ name: 'havock8s-served', emptyDir: { medium: 'Memory' } }];
const [mount, faults] = [native('havock8s-mount'), native('havock8s-faults')];
const stripped = ({ restartPolicy: _, ...kept }: ReturnType<typeof native>) => kept;

const injected: readonly (readonly [string, string | null, object])[] = [
  ['both sidecars as they were made', null, { initContainers: [mount, faults], volumes: served }],
  ['no disk, and so no mount', null, { initContainers: [faults] }],
  ['an init container of its own', null, { initContainers: [faults, { name: 'own', image: 'own' }] }],
  ['a stripped havock8s-faults', 'havock8s-faults', { initContainers: [mount, stripped(faults)] }],
  [
    'a stripped havock8s-mount',
    'havock8s-mount',
    { initContainers: [stripped(mount), faults], volumes: served },
  ],
  ['no sidecar at all', 'havock8s-faults', {}],
  ['a served disk that nobody serves', 'havock8s-mount', { initContainers: [faults], volumes: served }],
];

test('an injected pod keeps its native sidecars, or is not admitted', { skip }, async () => {
  await withInstallation({}, async ({ kubectl }) => {
    const create = (annotations: Readonly<Record<string, string>>, spec: object) =>
      kubectl.run(['create', '--dry-run=server', '-f', '-'], pod('pg', { annotations, spec }));
    await eventually(async () => (await create(status, {})).code !== 0);
    for (const [what, missing, spec] of injected) {
      const { code, stderr } = await create(status, spec);
      if (missing === null) assert.equal(code, 0, `${what}: ${stderr}`);
      else assert.match(stderr, new RegExp(`${missing} is not there any more, or has lost its`), what);
      assert.equal((await create({}, spec)).code, 0, `${what}, not injected by us`);
    }
  });
});
