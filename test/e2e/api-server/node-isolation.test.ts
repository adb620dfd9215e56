/** NodeIsolation and its policies on a real kube-apiserver, with the users that kubelets and pods are. */
import assert from 'node:assert/strict';
import { after, before, suite, type TestContext, test } from 'node:test';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { Kubectl } from '../../../dev/cluster/kubectl.js';
import { connect } from '../../../kube/connect.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KubeObject, Target } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { heartbeats, isLetThrough, lease, register, renew, report } from './heartbeats.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const kubelet = (node: string): string => `system:node:${node}`;
const isolation = (node: string, spec: object, name = node) => ({
  apiVersion: 'havock8s.io/v1alpha1',
  kind: 'NodeIsolation',
  metadata: { name },
  spec: { node, ...spec },
});
const node = (name: string): Target => ({ resource: resources.nodes, namespace: null, name });
const pod = (name: string): Target => ({ resource: resources.pods, namespace: 'default', name });
const configMap = (name: string): Target => ({
  resource: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  namespace: 'default',
  name,
});

suite('a NodeIsolation', { skip }, () => {
  let server: ApiServer;
  let n1: KubeApi;
  let n2: KubeApi;

  before(async () => {
    server = await startApiServer({ users: { [kubelet('n1')]: [], [kubelet('n2')]: [], editor: [] } });
    await server.kubectl.succeed(['apply', '--kustomize=manifests/base']);
    await server.kubectl.succeed(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: objects });
    await server.kubectl.succeed([
      'wait',
      '--for=condition=Established',
      'crd/nodeisolations.havock8s.io',
      '--timeout=20s',
    ]);
    [n1, n2] = [
      connect({ kubeconfig: server.kubeconfig(kubelet('n1')) }),
      connect({ kubeconfig: server.kubeconfig(kubelet('n2')) }),
    ];
    for (const [api, name] of [
      [n1, 'n1'],
      [n2, 'n2'],
    ] as const) {
      await register(api, name);
    }
    // The API server has a new policy in force within a second or two.
    await server.kubectl.succeed(['create', '-f', '-'], isolation('n1', { lasts: '10m' }));
    await until(async () => !(await isLetThrough(register(n1))), 20_000);
    await end('n1');
  });
  after(() => server?.stop());

  async function end(name: string): Promise<void> {
    await server.kubectl.succeed(['delete', 'nodeisolation', name, '--ignore-not-found']);
    await until(() => isLetThrough(register(n1)), 5_000);
  }

  /** Until it is in force. */
  async function isolate(t: TestContext, spec: object): Promise<KubeObject> {
    const made = await server.kubectl.json<KubeObject>(['create', '-f', '-'], isolation('n1', spec));
    t.after(() => end('n1'));
    const sinceMs = performance.now();
    await until(async () => !(await isLetThrough(register(n1))), 2_000);
    t.diagnostic(`in force ${Math.round(performance.now() - sinceMs)} ms after kubectl had created it`);
    return made;
  }

  test('refuses all that its kubelet reports, from its creation until that time and lasts, and nothing of another', async (t) => {
    const others = heartbeats(n2, 'n2');
    const made = await isolate(t, { lasts: '4s' });
    try {
      for (const again of [
        () => renew(n1, 'n1'),
        () => report(n1, node('n1')),
        () => report(n1, pod('on-n1')),
      ])
        await until(async () => !(await isLetThrough(again())), 2_000);
      assert.ok(await isLetThrough(report(n2, node('n2'))));
      assert.ok(await isLetThrough(report(n2, pod('on-n2'))));
      const untilMs = Date.parse(made.metadata.creationTimestamp ?? '') + 4_000;
      await until(() => isLetThrough(register(n1)), 8_000);
      const serverMs = await n1.serverMs();
      assert.ok(serverMs >= untilMs && serverMs <= untilMs + 1_000, `${serverMs - untilMs} ms after the end`);
      await Promise.all([report(n1, node('n1')), report(n1, pod('on-n1'))]);
    } finally {
      await others.stop();
    }
    assert.equal(others.refused(), 0);
  });

  test('does nothing when its time is over, also to what bears no time: no change, something taken away', async (t) => {
    await isolate(t, { lasts: '2s' });
    await until(() => isLetThrough(register(n1)), 5_000);
    await n1.patch(lease('n1'), { kind: 'merge', body: {} });
    await n1.patch(lease('n1'), { kind: 'merge', body: { spec: { renewTime: null } } });
    await n1.remove(lease('n1'));
    await register(n1, 'n1');
  });

  test('tells who is refused until when, why, and what ends it, and ends when it is deleted', async (t) => {
    await isolate(t, { lasts: '10m', reason: 'a drill' });
    await assert.rejects(register(n1), {
      code: 'kube.forbidden',
      message:
        /node n1 is isolated by havock8s until 20\S+Z \(a drill\); to end it now: kubectl delete nodeisolation n1/,
    });
    const sinceMs = performance.now();
    await end('n1');
    t.diagnostic(`over ${Math.round(performance.now() - sinceMs)} ms after it was asked to be deleted`);
  });

  for (const [what, wrong, message] of [
    ['that lasts longer than 15 minutes', { lasts: '16m' }, /spec\.lasts: .*lasts from 1s to 15m, not 16m/],
    ['that lasts for no time', { lasts: '0s' }, /spec\.lasts: .*lasts from 1s to 15m, not 0s/],
    ['that lasts for no duration', { lasts: 'a while' }, /spec\.lasts: .*should match/],
    ['without an end', {}, /spec\.lasts: Required value/],
    ['of a field that is not there', { lasts: '1m', nodes: 'n2' }, /unknown field "spec\.nodes"/],
    ['of another name than its node', { lasts: '1m', node: 'n3' }, /call it n3/],
  ] as const) {
    test(`one ${what} is refused`, async () => {
      const { code, stderr } = await server.kubectl.run(['create', '-f', '-'], isolation('n1', wrong));
      assert.equal(code, 1);
      assert.match(stderr, message);
    });
  }

  for (const [what, change, message] of [
    ['made shorter', { lasts: '1m' }, /longer, but not shorter, and lasts 10m now; to end it, delete it/],
    ['made longer than 15 minutes', { lasts: '15m1s' }, /lasts from 1s to 15m, not 15m1s/],
    ['given to another node', { node: 'n1' }, /the node cannot be changed/],
    ['made to cut pods', { cutsPods: true }, /whom it cuts cannot be changed/],
  ] as const) {
    test(`one that is there cannot be ${what}`, async () => {
      await server.kubectl.succeed(['create', '-f', '-'], isolation('n2', { lasts: '10m' }));
      try {
        const patch = [
          'patch',
          'nodeisolation',
          'n2',
          '--type=merge',
          '-p',
          JSON.stringify({ spec: change }),
        ];
        const { code, stderr } = await server.kubectl.run(patch);
        assert.equal(code, 1);
        assert.match(stderr, message);
      } finally {
        await server.kubectl.succeed(['delete', 'nodeisolation', 'n2']);
      }
    });
  }

  test('is created by nobody who has the roles edit and admin of all namespaces', async () => {
    const editor = connect({ kubeconfig: server.kubeconfig('editor') });
    const isolations = {
      apiVersion: 'havock8s.io/v1alpha1',
      kind: 'NodeIsolation',
      plural: 'nodeisolations',
    };
    const selection = { resource: isolations, namespace: null };
    await assert.rejects(editor.create(selection, isolation('n2', { lasts: '1m' })), {
      code: 'kube.forbidden',
    });
    await assert.rejects(editor.list(selection), { code: 'kube.forbidden' });
  });

  test('is listed by its node, with what it does, and explained', async (t) => {
    await isolate(t, { lasts: '10m', run: { namespace: 'shop', name: 'zombie', uid: 'a' } });
    const table = (await server.kubectl.succeed(['get', 'nodeisolations'])).trim().split('\n');
    assert.deepEqual(
      table.map((line) => line.split(/ {2,}/).slice(0, 4)),
      [
        ['NAME', 'LASTS', 'PODS', 'RUN'],
        ['n1', '10m', 'false', 'zombie'],
      ],
    );
    const explained = await server.kubectl.succeed(['explain', 'nodeisolations.spec.lasts']);
    assert.match(explained, /How long the isolation lasts, counted from the creation of this object/);
  });

  test('can be made longer while it lasts', async (t) => {
    await isolate(t, { lasts: '2s' });
    await server.kubectl.succeed(['patch', 'nodeisolation', 'n1', '--type=merge', '-p', longer('10m')]);
    const { metadata } = await server.kubectl.json<KubeObject>(['get', 'nodeisolation', 'n1']);
    const untilMs = Date.parse(metadata.creationTimestamp ?? '') + 2_000;
    await until(async () => (await n1.serverMs()) > untilMs + 1_000, 8_000);
    assert.equal(await isLetThrough(register(n1)), false);
  });

  test('lets pods of the node write unless it cuts them as well; their reads and deletions go on', async (t) => {
    const as = async (name: string): Promise<string> => {
      const bound = ['--bound-object-kind=Pod', `--bound-object-name=${name}`];
      const token = await server.kubectl.succeed(['create', 'token', 'operator', ...bound]);
      return server.kubeconfig(name, token.trim());
    };
    const config = await as('on-n1');
    const [here, elsewhere] = [connect({ kubeconfig: config }), connect({ kubeconfig: await as('on-n2') })];
    const write = (api: KubeApi, name: string): Promise<unknown> =>
      api.patch(configMap(name), { kind: 'merge', body: { data: { at: String(performance.now()) } } });
    await isolate(t, { lasts: '10m' });
    await write(here, 'leader');
    await end('n1');
    await isolate(t, { lasts: '10m', cutsPods: true });
    // What was written within the same second bears the time of the write before.
    await until(async () => !(await isLetThrough(write(here, 'leader'))), 2_000);
    const made = here.create(configMap('made'), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'made' },
      data: { at: 'once' },
    } as KubeObject);
    assert.equal(await isLetThrough(made), false);
    await write(elsewhere, 'leader');
    await write(n2, 'leader');
    await here.get(configMap('leader'));
    await here.remove(configMap('other'));
    // What is answered and not stored bears no time.
    const asked = await new Kubectl(config).run(['auth', 'can-i', 'get', 'configmaps']);
    assert.deepEqual([asked.stdout, asked.stderr], ['yes\n', '']);
  });
});

const longer = (lasts: string): string => JSON.stringify({ spec: { lasts } });

const podOn = (nodeName: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `on-${nodeName}` },
  spec: { nodeName, serviceAccountName: 'operator', containers: [{ name: 'operator', image: 'operator' }] },
});
const bound = (role: string, subjects: readonly object[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: `test-${role.replaceAll(':', '-')}` },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects,
});
const user = (name: string) => ({ kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' });
const objects: readonly object[] = [
  ...['n1', 'n2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'operator' } },
  ...['leader', 'other'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })),
  ...['n1', 'n2'].map(podOn),
  bound('system:node', [kubelet('n1'), kubelet('n2')].map(user)),
  // No controller puts the roles edit and admin together here, but this is what of Kubernetes' own is in them.
  bound('system:aggregate-to-view', [{ kind: 'ServiceAccount', name: 'operator', namespace: 'default' }]),
  bound('system:aggregate-to-edit', [
    { kind: 'ServiceAccount', name: 'operator', namespace: 'default' },
    user('editor'),
    user(kubelet('n2')),
  ]),
  bound('system:aggregate-to-admin', [user('editor')]),
];
