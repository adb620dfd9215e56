import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { HavocError } from '../../../../../core/havoc-error.js';
import { cordon } from '../../../../../experiment/worlds/kubernetes/node/cordon.js';
import { isolate } from '../../../../../experiment/worlds/kubernetes/node/isolate.js';
import { nodeBefore } from '../../../../../experiment/worlds/kubernetes/node/node-before.js';
import { nodeMarks, taintKey } from '../../../../../experiment/worlds/kubernetes/node/node-mark.js';
import { taint } from '../../../../../experiment/worlds/kubernetes/node/taint.js';
import { resources } from '../../../../../kube/resources.js';
import type { ObjectStore } from '../../../../kube/object-store.js';
import { aCluster, aRequest, nodes, nowMs, theNode, untilMs } from './a-cluster.js';

const actions = { cordon, taint, isolate: isolate() } as const;
const withTaint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
const change = (store: ObjectStore, name: string, body: Readonly<Record<string, unknown>>) =>
  store.patch({ ...nodes, name }, { kind: 'merge', body });

for (const [name, action] of Object.entries(actions)) {
  suite(`to ${name} a node`, () => {
    test('and to end it leaves the node as it was, however often each is asked for', async () => {
      const store = await aCluster('n1', 'n2');
      await change(store, 'n1', {
        metadata: { annotations: { 'example.com/a': 'b' } },
        spec: { taints: [withTaint] },
      });
      const [before, request] = [await theNode(store, 'n1'), await aRequest(store, 'n1')];
      const other = await theNode(store, 'n2');
      assert.equal(await action.state(store, request), 'absent');
      for (let times = 0; times < 2; times++) await action.begin(store, request, nowMs);
      assert.notEqual(await action.state(store, request), 'absent');
      for (let times = 0; times < 2; times++) await action.end(store, request);
      assert.equal(await action.state(store, request), 'absent');
      const after = await theNode(store, 'n1');
      assert.deepEqual(nodeBefore(after), nodeBefore(before));
      assert.deepEqual(after.metadata.annotations, before.metadata.annotations);
      assert.deepEqual(await theNode(store, 'n2'), other);
      assert.deepEqual((await store.list({ resource: resources.nodeIsolations, namespace: null })).items, []);
    });

    test('is for one step at a time, and another is told who, and until when', async () => {
      const store = await aCluster('n1');
      await action.begin(store, await aRequest(store, 'n1', 'first'), nowMs);
      const other = await aRequest(store, 'n1', 'second');
      await assert.rejects(action.begin(store, other, nowMs), {
        code: 'node.taken',
        message: /^node n1 is .*shop\/zombie until 2026-12-01T04:01:00.000Z; wait for its end/,
      });
      await action.end(store, other);
      assert.notEqual(await action.state(store, { ...other, step: 'first' }), 'absent');
    });

    test('does nothing when the time is over, and nothing to another node of that name', async () => {
      const store = await aCluster('n1');
      const [before, request] = [await theNode(store, 'n1'), await aRequest(store, 'n1')];
      await assert.rejects(action.begin(store, request, untilMs), { code: 'node.too-late' });
      assert.deepEqual(await theNode(store, 'n1'), before);
      await store.remove({ ...nodes, name: 'n1' });
      await assert.rejects(action.begin(store, request, nowMs), { code: 'node.gone' });
      await action.end(store, request);
      const again = await store.create(nodes, before);
      await assert.rejects(action.begin(store, request, nowMs), { code: 'node.gone' });
      await action.end(store, request);
      assert.deepEqual(await theNode(store, 'n1'), again);
      assert.equal(await action.state(store, request), 'absent');
    });

    test('goes on when others write the node at the same time, and when an answer is lost', async () => {
      const store = await aCluster('n1');
      const request = await aRequest(store, 'n1');
      let writes = 0;
      store.intercept = async (call) => {
        if (call !== 'patch' || writes >= 3) return;
        writes++;
        const intercept = store.intercept;
        store.intercept = () => {};
        await change(store, 'n1', { status: { heartbeat: writes } });
        store.intercept = intercept;
      };
      await action.begin(store, request, nowMs);
      store.intercept = () => {};
      await action.begin(store, request, nowMs);
      assert.notEqual(await action.state(store, request), 'absent');
    });
  });
}

test('a node that was cordoned before stays so, and one that others uncordon meanwhile stays so, too', async () => {
  const store = await aCluster('n1', 'n2');
  await change(store, 'n1', { spec: { unschedulable: true } });
  for (const [name, meanwhile] of [
    ['n1', true],
    ['n2', false],
  ] as const) {
    const request = await aRequest(store, name);
    await cordon.begin(store, request, nowMs);
    if (!meanwhile) await change(store, name, { spec: { unschedulable: null } });
    await cordon.end(store, request);
    assert.equal((await theNode(store, name)).spec?.unschedulable ?? false, meanwhile);
  }
});

test('a node that others have cordoned themselves meanwhile stays cordoned', async () => {
  const store = await aCluster('n1');
  const request = await aRequest(store, 'n1');
  await cordon.begin(store, request, nowMs);
  const fieldsV1 = { 'f:spec': { 'f:unschedulable': {} } };
  await change(store, 'n1', { metadata: { managedFields: [{ manager: 'kubectl-cordon', fieldsV1 }] } });
  assert.match(await cordon.end(store, request), /stays cordoned, as others want it/);
  assert.equal((await theNode(store, 'n1')).spec?.unschedulable, true);
});

test('a cordon whose annotation somebody took away is ended where the API server remembers that it is ours', async () => {
  for (const [manager, stays] of [
    ['havock8s', undefined],
    ['kubectl-cordon', true],
  ] as const) {
    const store = await aCluster('n1');
    const request = await aRequest(store, 'n1');
    await cordon.begin(store, request, nowMs);
    const managedFields = [{ manager, fieldsV1: { 'f:spec': { 'f:unschedulable': {} } } }];
    await change(store, 'n1', { metadata: { managedFields, annotations: { [nodeMarks.cordon]: null } } });
    await cordon.end(store, request);
    assert.equal((await theNode(store, 'n1')).spec?.unschedulable, stays);
  }
});

test('taints of others come and go while ours is there', async () => {
  const store = await aCluster('n1');
  const request = await aRequest(store, 'n1');
  await taint.begin(store, request, nowMs);
  const own = { key: taintKey, value: request.run.uid, effect: 'NoExecute' };
  assert.deepEqual((await theNode(store, 'n1')).spec?.taints, [own]);
  await change(store, 'n1', { spec: { taints: [own, withTaint] } });
  await taint.end(store, request);
  assert.deepEqual((await theNode(store, 'n1')).spec?.taints, [withTaint]);
});

test('what is before sees through the cordon and the taint of another run, which ends them itself', async () => {
  const store = await aCluster('n1');
  const [untouched, request] = [nodeBefore(await theNode(store, 'n1')), await aRequest(store, 'n1')];
  await cordon.begin(store, request, nowMs);
  await taint.begin(store, request, nowMs);
  assert.deepEqual(nodeBefore(await theNode(store, 'n1')), untouched);
});

test('an isolation lasts whole seconds, never beyond its end, and 15 minutes at most', async () => {
  for (const [ms, lasts] of [
    [1_999, '1s'],
    [60_000, '60s'],
    [3_600_000, '900s'],
  ] as const) {
    const store = await aCluster('n1');
    const request = { ...(await aRequest(store, 'n1')), untilMs: nowMs + ms };
    const { begin } = isolate({ cutsPods: true, reason: 'a drill' });
    await begin(store, request, nowMs);
    const isolation = await store.get({ resource: resources.nodeIsolations, namespace: null, name: 'n1' });
    assert.deepEqual(isolation && 'spec' in isolation && isolation.spec, {
      node: 'n1',
      lasts,
      cutsPods: true,
      reason: 'a drill',
      run: request.run,
    });
  }
});

test('where the kind is not installed, an isolation says so', async () => {
  const store = await aCluster('n1');
  const request = await aRequest(store, 'n1');
  store.intercept = (call) => {
    if (call === 'create') throw new HavocError('kube.not-found', 'the server could not find the resource');
  };
  await assert.rejects(isolate().begin(store, request, nowMs), { code: 'node.no-isolation' });
});
