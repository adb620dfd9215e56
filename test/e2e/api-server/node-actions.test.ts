/** What is done to nodes, on a real kube-apiserver, with the rights of the role that is there for it and no others. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { cordon } from '../../../experiment/worlds/kubernetes/node/cordon.js';
import { drain } from '../../../experiment/worlds/kubernetes/node/drain.js';
import { isolate } from '../../../experiment/worlds/kubernetes/node/isolate.js';
import { nodeBefore } from '../../../experiment/worlds/kubernetes/node/node-before.js';
import { nodeMarks, taintKey } from '../../../experiment/worlds/kubernetes/node/node-mark.js';
import type { Node } from '../../../experiment/worlds/kubernetes/node/node-objects.js';
import type { NodeRequest } from '../../../experiment/worlds/kubernetes/node/node-request.js';
import { sweepNodes } from '../../../experiment/worlds/kubernetes/node/sweep-nodes.js';
import { taint } from '../../../experiment/worlds/kubernetes/node/taint.js';
import { connect } from '../../../kube/connect.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import { resources } from '../../../kube/resources.js';
import { type AuditEvent, auditRbac, type PolicyRule } from '../../manifests/rbac-audit.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const user = 'experimenter';
const role = 'havock8s-node-failure';
const lastsMs = 60_000;

suite('with the role havock8s-node-failure a node', { skip }, () => {
  let server: ApiServer;
  let api: KubeApi;

  before(async () => {
    server = await startApiServer({ users: { [user]: [] }, audit: true });
    await server.kubectl.succeed(['apply', '--kustomize=manifests/base']);
    await server.kubectl.succeed(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: objects });
    await server.kubectl.succeed(['wait', '--for=condition=Established', 'crd/nodeisolations.havock8s.io']);
    // What kubelets and the controller of budgets would say.
    const ready = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
    for (const name of ['free', 'held']) await tell('pod', name, ready);
    const healthy = { observedGeneration: 1, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
    await tell('pdb', 'held', { status: { ...healthy, disruptionsAllowed: 0 } });
    api = connect({ kubeconfig: server.kubeconfig(user) });
  });
  after(() => server?.stop());

  const tell = (kind: string, name: string, status: object): Promise<string> =>
    server.kubectl.succeed([
      ...['patch', kind, name, '--subresource=status', '--type=merge'],
      ...['-p', JSON.stringify(status)],
    ]);
  const node = async (): Promise<Node> => await server.kubectl.json<Node>(['get', 'node', 'n1']);
  const request = async (step: string): Promise<NodeRequest> => ({
    node: 'n1',
    run: { namespace: 'shop', name: 'zombie', uid: 'b3c9e0a8-0000-4000-8000-000000000000' },
    step,
    untilMs: Date.now() + lastsMs,
    before: nodeBefore(await node()),
  });

  test('is cordoned and put back, and stays cordoned where a person wants it so meanwhile', async () => {
    const asked = await request('cordon');
    await cordon.begin(api, asked, Date.now());
    assert.equal((await node()).spec?.unschedulable, true);
    assert.equal(await cordon.state(api, asked), 'in-force');
    await cordon.end(api, asked);
    assert.deepEqual(nodeBefore(await node()), asked.before);
    await cordon.begin(api, asked, Date.now());
    await server.kubectl.succeed(['uncordon', 'n1']);
    assert.equal(await cordon.state(api, asked), 'ineffective');
    await server.kubectl.succeed(['cordon', 'n1']);
    assert.match(await cordon.end(api, asked), /stays cordoned, as others want it/);
    assert.equal((await node()).spec?.unschedulable, true);
    await server.kubectl.succeed(['uncordon', 'n1']);
  });

  test('is schedulable again also where somebody took our annotation away', async () => {
    const asked = await request('cordon');
    await cordon.begin(api, asked, Date.now());
    await server.kubectl.succeed(['annotate', 'node', 'n1', `${nodeMarks.cordon}-`]);
    await cordon.end(api, asked);
    assert.deepEqual(nodeBefore(await node()), asked.before);
  });

  test('is tainted, and the taints of others stay', async () => {
    const asked = await request('taint');
    await taint.begin(api, asked, Date.now());
    assert.equal(await taint.state(api, asked), 'in-force');
    await server.kubectl.succeed(['taint', 'node', 'n1', 'dedicated=db:NoSchedule']);
    await taint.end(api, asked);
    const keys = (await node()).spec?.taints?.map(({ key }) => key);
    assert.deepEqual([keys?.includes('dedicated'), keys?.includes(taintKey)], [true, false]);
    await server.kubectl.succeed(['taint', 'node', 'n1', 'dedicated-']);
  });

  test('is drained, but for what a budget holds', async () => {
    const asked = await request('drain');
    const stop = new AbortController();
    const action = drain({
      clock: systemClock,
      signal: stop.signal,
      onPass: (pass) => {
        if (pass.some(({ outcome }) => outcome === 'held')) stop.abort();
      },
    });
    assert.match(
      await action.begin(api, asked, Date.now()),
      /1 pods evicted; default\/held stays: budget default\/held allows 0: 1 healthy of 1 that it needs$/,
    );
    await action.end(api, asked);
    const pods = await server.kubectl.succeed(['get', 'pods', '--output=name']);
    assert.equal(pods.trim(), 'pod/held');
    assert.deepEqual(nodeBefore(await node()), asked.before);
  });

  test('is isolated, which is in force once its kubelet should have renewed its lease, and back', async () => {
    const asked = await request('isolate');
    const action = isolate();
    assert.equal(await action.state(api, asked), 'absent');
    await action.begin(api, asked, Date.now());
    await action.begin(api, asked, Date.now());
    assert.equal(await action.state(api, asked), 'beginning');
    await until(async () => (await action.state(api, asked)) === 'in-force', 20_000);
    const renewTime = new Date(Date.now() + 5_000).toISOString().replace('Z', '000Z');
    const lease = { resource: resources.leases, namespace: 'kube-node-lease', name: 'n1' };
    const administrator = connect({ kubeconfig: server.kubectl.kubeconfig });
    await administrator.patch(lease, { kind: 'merge', body: { spec: { renewTime } } });
    assert.equal(await action.state(api, asked), 'ineffective');
    await action.end(api, asked);
    await action.end(api, asked);
    assert.equal(await action.state(api, asked), 'absent');
  });

  test('is left by a sweep as it was, when the run is gone', async () => {
    const asked = await request('sweep');
    await cordon.begin(api, asked, Date.now());
    await taint.begin(api, asked, Date.now());
    await isolate().begin(api, asked, Date.now());
    const swept = await sweepNodes(api, Date.now());
    assert.deepEqual(
      swept.map(({ what, outcome }) => `${what} ${outcome}`),
      ['cordon ended', 'taint ended', 'isolation ended'],
    );
    assert.deepEqual(nodeBefore(await node()), asked.before);
    assert.equal((await node()).metadata.annotations?.[nodeMarks.cordon], undefined);
    assert.deepEqual(await sweepNodes(api, Date.now()), []);
  });

  test('needs each verb of that role, and no other', async () => {
    const { rules } = await server.kubectl.json<{ readonly rules: readonly PolicyRule[] }>([
      'get',
      'clusterrole',
      role,
    ]);
    const events = server
      .readAudit()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditEvent);
    assert.deepEqual(auditRbac(user, [{ namespace: null, rules }], events), { unused: [], refused: [] });
  });
});

const pod = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: {
    nodeName: 'n1',
    serviceAccountName: 'default',
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'db', image: 'db' }],
  },
});

const objects: readonly object[] = [
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
  {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'n1', namespace: 'kube-node-lease' },
    spec: { holderIdentity: 'n1', leaseDurationSeconds: 4 },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: user },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
  },
  pod('free'),
  pod('held', { app: 'held' }),
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'held' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'held' } } },
  },
];
