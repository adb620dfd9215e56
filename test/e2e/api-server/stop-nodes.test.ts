/** The emergency stop and what runs did to nodes, on a real API server: by whoever may patch nodes, and by whoever may not. */
import assert from 'node:assert/strict';
import { after, before, suite, type TestContext, test } from 'node:test';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { cordon } from '../../../experiment/worlds/kubernetes/node/cordon.js';
import { nodeBefore } from '../../../experiment/worlds/kubernetes/node/node-before.js';
import type { Node } from '../../../experiment/worlds/kubernetes/node/node-objects.js';
import { taint } from '../../../experiment/worlds/kubernetes/node/taint.js';
import { connect } from '../../../kube/connect.js';
import { type Ran, runCli } from '../../cli/run-cli.js';
import { type AuditEvent, auditRbac, type PolicyRule } from '../../manifests/rbac-audit.js';
import { needs } from '../../needs.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const nodesRole = 'havock8s-emergency-stop-nodes';

suite('the emergency stop on nodes', { skip }, () => {
  let server: ApiServer;
  before(async () => {
    server = await startApiServer({ users: { oncall: [], partly: [] }, audit: true });
    const { kubectl } = server;
    await kubectl.succeed(['apply', '--kustomize=manifests/base']);
    await kubectl.succeed([
      ...['wait', '--for=condition=Established', 'crd/experiments.havock8s.io'],
      ...['crd/emergencystops.havock8s.io', 'crd/nodeisolations.havock8s.io'],
    ]);
    await kubectl.createNamespace('shop');
    await kubectl.succeed(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: objects });
    const api = connect({ kubeconfig: kubectl.kubeconfig });
    const untilMs = Date.now() + 600_000;
    const run = { namespace: 'shop', name: 'runs', uid: 'b3c9e0a8-0000-4000-8000-000000000000' };
    const request = { node: 'n1', run, untilMs, before: nodeBefore(await node('n1')) };
    await cordon.begin(api, { ...request, step: 'away' }, Date.now());
    await taint.begin(api, { ...request, step: 'out' }, Date.now());
    await kubectl.succeed(['cordon', 'n2']);
    await kubectl.succeed(['taint', 'node', 'n1', 'dedicated=db:NoSchedule']);
  });
  after(() => server?.stop());

  const node = (name: string): Promise<Node> => server.kubectl.json<Node>(['get', 'node', name]);
  const stop = (t: TestContext, user: string): Promise<Ran> =>
    runCli(t, ['stop', '--all', '--reason', 'pager', '-o', 'json'], {
      env: { KUBECONFIG: server.kubeconfig(user) },
    });

  test('who may not look at nodes is told that these are left', async (t) => {
    const ran = await stop(t, 'partly');
    assert.equal(ran.code, 1, ran.stdout + ran.stderr);
    const { nodes, problems, experiments } = JSON.parse(ran.stdout);
    assert.deepEqual([nodes, experiments, problems.length], [null, ['shop/runs'], 1]);
    assert.match(problems[0], /^nodes could not be looked at: .*forbidden.*; shop\/runs takes nodes away/);
    assert.equal((await node('n1')).spec?.unschedulable, true);
  });

  test('who may gives them back: what the run did goes, and what others did stays', async (t) => {
    const ran = await stop(t, 'oncall');
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    const { nodes, off } = JSON.parse(ran.stdout);
    assert.deepEqual(
      [off, nodes.map((one: { node: string; what: string }) => `${one.what} of ${one.node}`)],
      [true, ['cordon of n1', 'taint of n1']],
    );
    const { spec, metadata } = await node('n1');
    assert.equal(spec?.unschedulable, undefined);
    const keys = spec?.taints?.map(({ key }) => key) ?? [];
    assert.deepEqual(
      [keys.includes('dedicated'), keys.length],
      [true, keys.filter((key) => !/havock8s/.test(key)).length],
    );
    assert.deepEqual(
      Object.keys(metadata.annotations ?? {}).filter((key) => /havock8s/.test(key)),
      [],
    );
    assert.equal((await node('n2')).spec?.unschedulable, true);
  });

  test('its role was enough, and nothing of it too much', async () => {
    const { rules } = await server.kubectl.json<{ rules: readonly PolicyRule[] }>([
      'get',
      'clusterrole',
      nodesRole,
    ]);
    const events = server
      .readAudit()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditEvent);
    assert.deepEqual(auditRbac('oncall', [{ namespace: null, rules }], events), { unused: [], refused: [] });
  });
});

const api = 'rbac.authorization.k8s.io';
const binding = (user: string, role: string): object => ({
  ...{ apiVersion: `${api}/v1`, kind: 'ClusterRoleBinding', metadata: { name: `${user}-${role}` } },
  roleRef: { apiGroup: api, kind: 'ClusterRole', name: role },
  subjects: [{ kind: 'User', name: user, apiGroup: api }],
});

const objects: readonly object[] = [
  ...['n1', 'n2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
  binding('oncall', 'havock8s-emergency-stop'),
  binding('oncall', nodesRole),
  binding('partly', 'havock8s-emergency-stop'),
  {
    ...{
      apiVersion: 'havock8s.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name: 'runs', namespace: 'shop' },
    },
    spec: {
      targets: [{ name: 'db', pods: ['pg-0'] }],
      steps: [{ node: { action: 'cordon', for: '10m' }, target: 'db' }],
    },
  },
];
