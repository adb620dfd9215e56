/** What a run left on nodes is ended with the faults, as far as whoever stops may. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllOff, stopJson, stopLines } from '../../../../cli/cluster/stop/stop-report.js';
import { HavocError } from '../../../../core/havoc-error.js';
import { cordon } from '../../../../experiment/worlds/kubernetes/node/cordon.js';
import { nodeBefore } from '../../../../experiment/worlds/kubernetes/node/node-before.js';
import type { Node } from '../../../../experiment/worlds/kubernetes/node/node-objects.js';
import { taint } from '../../../../experiment/worlds/kubernetes/node/taint.js';
import { resources } from '../../../../kube/resources.js';
import { startMs, TestCluster } from './a-cluster.js';

const nodes = { resource: resources.nodes, namespace: null };
const run = { namespace: 'shop', name: 'runs', uid: 'u-1' };

/** n1 is cordoned and tainted by a run that goes on, n2 cordoned by a person. */
async function aCluster(): Promise<TestCluster> {
  const cluster = new TestCluster();
  const made: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} };
  const node = await cluster.api.create<Node>(nodes, made);
  await cluster.api.create<Node>(nodes, { ...made, metadata: { name: 'n2' }, spec: { unschedulable: true } });
  const request = { node: 'n1', run, untilMs: startMs + 600_000, before: nodeBefore(node) };
  await cordon.begin(cluster.api, { ...request, step: 'away' }, startMs);
  await taint.begin(cluster.api, { ...request, step: 'out' }, startMs);
  return cluster;
}

const specOf = async (cluster: TestCluster, name: string): Promise<Node['spec']> =>
  (await cluster.api.get<Node>({ ...nodes, name }))?.spec;

async function goesOn(cluster: TestCluster, node: object): Promise<void> {
  await cluster.api.create(
    { resource: resources.experiments, namespace: 'shop' },
    { metadata: { name: 'runs', namespace: 'shop' }, ...{ spec: { steps: [{ parallel: [{ node }] }] } } },
  );
}

test('a cordon and a taint of a run go at once, and those of others stay', async () => {
  const cluster = await aCluster();
  const result = await cluster.stop();
  assert.ok(isAllOff(result), stopLines(result, 0).join('\n'));
  assert.deepEqual([await specOf(cluster, 'n1'), await specOf(cluster, 'n2')], [{}, { unschedulable: true }]);
  assert.deepEqual(
    result.nodes?.map(({ node, what }) => `${what} of ${node}`),
    ['cordon of n1', 'taint of n1'],
  );
  assert.match(
    stopLines(result, 0).join('\n'),
    /0 annotated faults of 0 pods switched off, 1 node given back/,
  );
});

test('a node that a run takes away before the stop is in force is given back as well', async () => {
  const cluster = await aCluster();
  const before = nodeBefore((await cluster.api.get<Node>({ ...nodes, name: 'n2' })) as Node);
  let isTaken = false;
  cluster.api.intercept = async (call, { resource }) => {
    if (call !== 'create' || resource !== resources.emergencyStops || isTaken) return;
    isTaken = true;
    // After the nodes were listed.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    await taint.begin(
      cluster.api,
      { node: 'n2', run, step: 'late', untilMs: startMs + 60_000, before },
      startMs,
    );
  };
  const result = await cluster.stop();
  assert.ok(isTaken && isAllOff(result));
  assert.deepEqual(await specOf(cluster, 'n2'), { unschedulable: true });
});

const forbidNodes = (cluster: TestCluster): void => {
  cluster.api.intercept = (call, { resource }) => {
    if (call === 'list' && resource === resources.nodes) throw new HavocError('kube.forbidden', 'no nodes');
  };
};

test('who may not look at nodes is told so, and is through where no run takes one away', async () => {
  const cluster = await aCluster();
  await goesOn(cluster, { action: 'isolate', for: '1m' });
  forbidNodes(cluster);
  const result = await cluster.stop();
  assert.ok(isAllOff(result));
  assert.match(stopLines(result, 0).join('\n'), /nodes were not looked at, which you may not; no experiment/);
  assert.equal(JSON.parse(JSON.stringify(stopJson(result, 0))).nodes, null);
});

test('where a run takes nodes away, it is said that these are left, and whose they are', async () => {
  const cluster = await aCluster();
  await goesOn(cluster, { action: 'drain', for: '1m' });
  forbidNodes(cluster);
  const result = await cluster.stop();
  assert.equal(isAllOff(result), false);
  assert.match(
    stopLines(result, 0).join('\n'),
    /nodes could not be looked at: no nodes; shop\/runs takes nodes away, and its cordons and taints stay until a controller/,
  );
});

test('a node that could not be given back is named', async () => {
  const cluster = await aCluster();
  cluster.api.intercept = (call, { resource }) => {
    if (call === 'patch' && resource === resources.nodes) throw new HavocError('kube.forbidden', 'no patch');
  };
  const result = await cluster.stop();
  assert.equal(isAllOff(result), false);
  assert.deepEqual(result.problems, [
    'the cordon of node n1 could not be ended: no patch',
    'the taint of node n1 could not be ended: no patch',
  ]);
});
