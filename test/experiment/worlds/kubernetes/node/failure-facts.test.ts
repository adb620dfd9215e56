import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Fact,
  nothingSeen,
  seeFailure,
  stuckPods,
} from '../../../../../experiment/worlds/kubernetes/node/failure-facts.js';
import type { Seen } from '../../../../../experiment/worlds/kubernetes/node/failure-marks.js';
import type { Node } from '../../../../../experiment/worlds/kubernetes/node/node-objects.js';
import type { Pod } from '../../../../../experiment/worlds/kubernetes/node/pod-objects.js';
import { aNode, aPod } from './a-cluster.js';

/** Each object as it is at a second, one after another; a number alone is that time passes. */
function told(...sights: readonly (readonly [number, Seen | null])[]): readonly Fact[] {
  let view = nothingSeen;
  return sights.flatMap(([second, seen]) => {
    const next = seen === null ? stuckPods(view, second * 1000) : seeFailure(view, seen, second * 1000);
    view = next.view;
    return next.facts;
  });
}

const textOf = (facts: readonly Fact[]): readonly string[] =>
  facts.map(({ atMs, kind, subject, message }) => `${atMs / 1000} ${kind}: ${subject} ${message}`);

const ready = (status: string, reason?: string): NonNullable<Node['status']> => ({
  conditions: [
    { type: 'Ready', status, ...(reason && { reason }), lastTransitionTime: '1970-01-01T00:00:19Z' },
  ],
});
const node = (change: Partial<Node> = {}): Seen => ({ kind: 'node', object: { ...aNode('n1'), ...change } });
const pod = (change: Partial<Pod> = {}, more: object = {}): Seen => ({
  kind: 'pod',
  object: aPod('db-0', {
    ...change,
    metadata: { name: 'db-0', namespace: 'shop', uid: 'old', ...change.metadata },
  }),
  ...more,
});
const deletedAt = (deletionTimestamp: string) => ({
  name: 'db-0',
  namespace: 'shop',
  uid: 'old',
  deletionTimestamp,
});
const unreachable = {
  key: 'node.kubernetes.io/unreachable',
  effect: 'NoExecute',
  timeAdded: '1970-01-01T00:00:20Z',
};

test('a node that is lost and found: not Ready, tainted, and back, each once and with the time of the API server', () => {
  const lost = { status: ready('Unknown', 'NodeStatusUnknown') };
  const facts = told(
    [0, node()],
    [1, node()],
    [20, node(lost)],
    [21, node({ ...lost, spec: { taints: [unreachable] } })],
    [22, node({ ...lost, spec: { taints: [unreachable] } })],
    [60, node({ spec: { taints: [unreachable] } })],
    [63, node()],
  );
  assert.deepEqual(textOf(facts), [
    '20 not-ready: node n1 is not Ready: NodeStatusUnknown',
    '21 tainted: node n1 has the taint node.kubernetes.io/unreachable:NoExecute',
    '60 ready: node n1 is Ready',
    '63 untainted: node n1 no longer: has the taint node.kubernetes.io/unreachable:NoExecute',
  ]);
  assert.deepEqual(
    facts.map(({ stampedMs }) => stampedMs),
    [19_000, 20_000, null, null],
  );
});

test('a pod that is evicted: why, when it should be gone, that it is stuck, and that it is gone', () => {
  const status = {
    conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' }],
  };
  const deleted = { status, metadata: deletedAt('1970-01-01T00:01:00Z') };
  const facts = told(
    [0, pod()],
    [30, pod({ status })],
    [31, pod(deleted)],
    [64, null],
    [65, null],
    [70, null],
    [80, pod(deleted)],
    [81, null],
    [90, pod(deleted, { isDeleted: true })],
  );
  assert.deepEqual(textOf(facts), [
    '30 disrupted: pod shop/db-0 is to go: DeletionByTaintManager',
    '31 deleted: pod shop/db-0 is to be gone by 1970-01-01T00:01:00Z',
    '65 stuck: pod shop/db-0 is still Terminating 5 s after the end of its grace',
    '90 gone: pod shop/db-0 is gone',
  ]);
});

test('the pod that takes its place is another one: scheduled, and Ready', () => {
  const metadata = { name: 'db-0', namespace: 'shop', uid: 'new' };
  const is = (...types: readonly string[]) => ({
    conditions: ['PodScheduled', 'Ready'].map((type) => ({
      type,
      status: types.includes(type) ? 'True' : 'False',
    })),
  });
  const facts = told(
    [0, pod()],
    [40, { kind: 'pod', object: { ...aPod('db-0'), metadata, spec: {} }, isNew: true }],
    [41, pod({ metadata, spec: { nodeName: 'n2' }, status: is('PodScheduled') })],
    [45, pod({ metadata, spec: { nodeName: 'n2' }, status: is('PodScheduled', 'Ready') })],
  );
  assert.deepEqual(textOf(facts), [
    '41 scheduled: pod shop/db-0 is on node n2',
    '41 not-ready: pod shop/db-0 is not Ready: ',
    '45 ready: pod shop/db-0 is Ready',
  ]);
});

test('a volume goes from one node to another, and endpoints with their pods', () => {
  const attachment = (nodeName: string, attached: boolean, more: object = {}): Seen => ({
    kind: 'attachment',
    object: {
      metadata: { name: `csi-${nodeName}`, uid: nodeName },
      spec: { nodeName, source: { persistentVolumeName: 'pv-1' } },
      status: { attached },
    },
    ...more,
  });
  const endpoints = (...conditions: readonly (readonly [string, boolean])[]): Seen => ({
    kind: 'endpoints',
    object: {
      metadata: { name: 'db-x', namespace: 'shop', uid: 's' },
      endpoints: conditions.map(([uid, isReady]) => ({
        addresses: [`10.0.0.${uid}`],
        nodeName: 'n1',
        conditions: { ready: isReady },
        targetRef: { kind: 'Pod', name: 'db-0', uid },
      })),
    },
  });
  const facts = told(
    [0, attachment('n1', true)],
    [0, endpoints(['1', true])],
    [20, endpoints(['1', false])],
    [30, attachment('n1', true, { isDeleted: true })],
    [31, attachment('n2', false)],
    [32, attachment('n2', true)],
    [33, endpoints(['2', true])],
  );
  assert.deepEqual(textOf(facts), [
    '20 endpoint-not-ready: endpoints shop/db-x db-0 at 10.0.0.1 on node n1 gets no traffic',
    '30 detached: attachment csi-n1 no longer: volume pv-1 is attached to node n1',
    '32 attached: attachment csi-n2 volume pv-1 is attached to node n2',
    '33 endpoint-removed: endpoints shop/db-x no longer: db-0 at 10.0.0.1 on node n1 gets no traffic',
    '33 endpoint-added: endpoints shop/db-x db-0 at 10.0.0.2 on node n1 gets traffic',
  ]);
});
