/** A node that a run takes from its pods: what is told of it, and what is left of it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { afterEvent } from '../../../../experiment/engine/after-event.js';
import { newRun, type Run } from '../../../../experiment/engine/run.js';
import type { JournalEvent } from '../../../../experiment/journal/events.js';
import { ClusterView } from '../../../../experiment/worlds/kubernetes/cluster-view.js';
import { nodeBefore } from '../../../../experiment/worlds/kubernetes/node/node-before.js';
import { nodeLimits } from '../../../../experiment/worlds/kubernetes/node/node-limits.js';
import type { Node } from '../../../../experiment/worlds/kubernetes/node/node-objects.js';
import { TakenNodes } from '../../../../experiment/worlds/kubernetes/taken-nodes.js';
import type { KubeObject, Selection } from '../../../../kube/kube-object.js';
import { resources } from '../../../../kube/resources.js';
import { namespace, SimulatedCluster } from '../../../controller/simulated-cluster.js';
import { planFor } from '../../plan-for.js';

const n1 = 'node-db-0';
const of = (resource: Selection['resource'], within: string | null = null): Selection => ({
  resource,
  namespace: within,
});
const nodes = of(resources.nodes);
const pods = of(resources.pods, namespace);
const slices = of(resources.endpointSlices, namespace);
const attachments = of(resources.volumeAttachments);
const claims = of(resources.persistentVolumeClaims, namespace);

const plan = planFor({
  targets: [{ name: 'db', pods: ['db-0'] }],
  steps: [{ name: 'lost', node: { action: 'isolate', for: '60s' } }],
});

const ready = (status: string) => ({ conditions: [{ type: 'Ready', status, reason: `Kubelet${status}` }] });
const attachment = (name: string, nodeName: string) => ({
  metadata: { name },
  spec: { nodeName, source: { persistentVolumeName: 'pv-0' } },
  status: { attached: true },
});
const endpoint = (pod: KubeObject, nodeName: string, isReady: boolean) => ({
  ...{ addresses: ['10.0.0.1'], nodeName, conditions: { ready: isReady } },
  targetRef: { kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
});
const claimed = { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] } };

async function taken(context: TestContext) {
  const cluster = new SimulatedCluster();
  const { store, clock, errors } = cluster;
  const view = new ClusterView({
    ...{ api: store, clock, random: () => 0.5, onError: (error: unknown) => void errors.push(error) },
  });
  const node = (await store.create(nodes, {
    metadata: { name: n1 },
    status: ready('True'),
  } as KubeObject)) as Node;
  await store.create(nodes, { metadata: { name: 'node-db-1' }, status: ready('True') } as KubeObject);
  const pod = await cluster.pod('db-0');
  await store.patch({ ...pods, name: 'db-0' }, { kind: 'merge', body: claimed });
  await cluster.pod('other-0', { owner: 'other' });
  await store.create(slices, {
    metadata: { name: 'db-x', namespace },
    endpoints: [endpoint(pod, n1, true)],
  } as KubeObject);
  await store.create(attachments, attachment('old', n1) as KubeObject);
  await store.create(claims, {
    metadata: { name: 'data-db-0', namespace },
    spec: { volumeName: 'pv-0' },
  } as KubeObject);
  const seen: string[] = [];
  const options = { api: store, namespace, plan, cluster: view };
  const watching = new TakenNodes({
    ...options,
    tell: ({ subject, message }) => void seen.push(`${subject}: ${message}`),
  });
  context.after(() => watching.stop());
  const planned: JournalEvent = {
    ...{ atMs: 0, type: 'change-planned', change: 'lost@n', step: 'lost', endsAtMs: 60_000 },
    subject: { kind: 'Node', name: n1, uid: node.metadata.uid ?? '' },
    was: { ...nodeBefore(node) },
  };
  const during = [{ atMs: 0, type: 'phase-began', phase: 'during' } as const, planned].reduce<Run>(
    (run, event) => afterEvent(run, event),
    newRun,
  );
  const after = afterEvent(during, { atMs: 1, type: 'phase-began', phase: 'after' });
  const change = (selection: Selection, name: string, body: Readonly<Record<string, unknown>>) =>
    store.patch({ ...selection, name }, { kind: 'merge', body });
  /** What is told from now on until it has been told. */
  const told = async (does: () => Promise<unknown>, until: RegExp): Promise<readonly string[]> => {
    const from = seen.length;
    await does();
    await cluster.until(`${until} is told`, async () => {
      await watching.areBack(during);
      return seen.slice(from).some((line) => until.test(line));
    });
    return seen.slice(from);
  };
  const areBack = () => watching.areBack(after);
  await cluster.until('it is watched', areBack);
  assert.equal(seen.length, 0, 'what was so before is not told');
  return { cluster, store, seen, watching, pod, change, told, areBack, during };
}

test('what becomes of it and of its pods is told, and of others nothing', async (context) => {
  const { cluster, store, pod, change, told } = await taken(context);
  assert.deepEqual(await told(() => change(nodes, n1, { status: ready('Unknown') }), /not Ready/), [
    `node ${n1}: is not Ready: KubeletUnknown`,
  ]);
  const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
  assert.deepEqual(await told(() => change(nodes, n1, { spec: { taints: [unreachable] } }), /taint/), [
    `node ${n1}: has the taint node.kubernetes.io/unreachable:NoExecute`,
  ]);
  const dark = { endpoints: [endpoint(pod, n1, false)] };
  assert.deepEqual(await told(() => change(slices, 'db-x', dark), /traffic/), [
    `endpoints ${namespace}/db-x: db-0 at 10.0.0.1 on node ${n1} gets no traffic`,
  ]);
  const evicted = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' };
  const going = {
    metadata: { deletionTimestamp: '2027-01-15T08:00:00Z', finalizers: ['test'] },
    status: { conditions: [evicted] },
  };
  const lines = await told(() => change(pods, 'db-0', going), /still Terminating/);
  assert.deepEqual(lines.slice(0, 2), [
    `pod ${namespace}/db-0: is to go: DeletionByTaintManager`,
    `pod ${namespace}/db-0: is to be gone by 2027-01-15T08:00:00Z`,
  ]);
  await told(() => change(pods, 'db-0', { metadata: { finalizers: null } }), /: is gone$/);
  const heir = { owner: 'db' };
  assert.deepEqual(await told(() => cluster.pod('db-0', heir), /is on node/), [
    `pod ${namespace}/db-0: is on node ${n1}`,
    `pod ${namespace}/db-0: is Ready`,
  ]);
  assert.deepEqual(
    await told(() => store.create(attachments, attachment('new', 'node-db-1') as KubeObject), /attached/),
    ['attachment new: volume pv-0 is attached to node node-db-1'],
  );
  await change(pods, 'other-0', { metadata: { deletionTimestamp: '2027-01-15T08:00:00Z' } });
  assert.deepEqual(await told(() => store.remove({ ...attachments, name: 'old' }), /no longer/), [
    `attachment old: no longer: volume pv-0 is attached to node ${n1}`,
  ]);
});

test('it is back once nothing of it is left, and until then it is said what is', async (context) => {
  const { cluster, change, seen, areBack } = await taken(context);
  const mine = { metadata: { annotations: { 'havock8s.io/cordon': '{}' } }, spec: { unschedulable: true } };
  await change(nodes, n1, mine);
  await change(pods, 'db-0', { spec: { nodeName: 'node-db-1' } });
  await cluster.until('it is seen', async () => !(await areBack()) && seen.length >= 5);
  const left = seen.filter((line) => line.startsWith('nodes: '));
  assert.deepEqual(left.toSorted(), [
    `nodes: node ${n1} is cordoned, and was schedulable`,
    `nodes: node ${n1} still has the mark of a cordon`,
    `nodes: volume pv-0 is still attached to node ${n1} (old), while ${namespace}/db-0 is on node-db-1`,
  ]);
  assert.equal(await areBack(), false);
  assert.deepEqual(
    seen.filter((line) => line.startsWith('nodes: ')),
    left,
    'told once',
  );
  await change(nodes, n1, { metadata: { annotations: null }, spec: { unschedulable: null } });
  await change(attachments, 'old', { spec: { nodeName: 'node-db-1' } });
  await cluster.until('it is back', areBack);
});

test('a node that comes and goes for ever does not fill the journal', async (context) => {
  const { cluster, change, seen, watching, during } = await taken(context);
  for (let turn = 0; turn < nodeLimits.facts; turn += 1)
    for (const status of ['Unknown', 'True']) await change(nodes, n1, { status: ready(status) });
  await cluster.until('the last is told', async () => {
    await watching.areBack(during);
    return seen.some((line) => line.endsWith('what comes after is not told'));
  });
  assert.equal(seen.length, nodeLimits.facts);
});
