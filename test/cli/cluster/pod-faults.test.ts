import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClusterPod } from '../../../cli/cluster/cluster-pod.js';
import { faultsOfPod } from '../../../cli/cluster/pod-faults.js';
import { podRemarks, podSummary, podTable } from '../../../cli/cluster/pod-table.js';
import { plain } from '../../../cli/terminal/ink.js';
import { aFault, aPod } from './a-pod.js';

const nowMs = Date.parse('2026-01-02T03:04:05Z');
const sheet = { ink: plain, columns: Number.POSITIVE_INFINITY };
const annotated = {
  'fault.havock8s.io/slow': 'disk latency 1s on fsync',
  'fault.havock8s.io/gone': 'disk freeze until 2026-01-02T03:05:05Z',
  'other.io/slow': 'x',
};

test('a pod is read once, and what is not as Kubernetes has it is nothing', () => {
  const pod = readClusterPod(aPod({ annotations: annotated, readOnlyPort: 7809 }));
  const { namespace, name, node, address, readOnlyPort, isInjected, isProtected } = pod;
  assert.deepEqual(
    {
      namespace,
      name,
      node,
      address,
      readOnlyPort,
      isInjected,
      isProtected,
      annotated: [...pod.annotated.keys()],
    },
    {
      ...{ namespace: 'shop', name: 'pg-0', node: 'n1', address: '10.0.0.7', readOnlyPort: 7809 },
      ...{ isInjected: true, isProtected: false, annotated: ['slow', 'gone'] },
    },
  );
  const bare = readClusterPod({
    metadata: { name: 'x' },
    spec: { initContainers: [null, 7], nodeName: 7 },
  } as never);
  assert.deepEqual([bare.node, bare.address, bare.readOnlyPort, bare.isInjected], [null, null, null, false]);
});

test('what the sidecar says counts, and an annotation that it has not taken yet is pending', () => {
  const pod = readClusterPod(aPod({ annotations: annotated }));
  const faults = [aFault({ name: 'slow' }), aFault({ name: 'hand', source: 'control' })];
  const { faults: told, unknown } = faultsOfPod(pod, { kind: 'faults', faults }, nowMs);
  assert.equal(unknown, null);
  assert.deepEqual(
    told.map(({ name, source, state }) => `${name} ${source} ${state}`),
    ['gone annotation pending', 'hand control armed', 'slow annotation armed'],
  );
});

test('of a sidecar that cannot be asked the annotations are told, with the end that a sentence names', () => {
  const pod = readClusterPod(aPod({ annotations: annotated }));
  const told = faultsOfPod(pod, { kind: 'unknown', why: 'nobody answers' }, nowMs);
  assert.deepEqual(
    told.faults.map(({ name, state, remainingMs, tallies }) => ({ name, state, remainingMs, tallies })),
    [
      { name: 'gone', state: 'unknown', remainingMs: 60_000, tallies: null },
      { name: 'slow', state: 'unknown', remainingMs: null, tallies: null },
    ],
  );
  const lines = podTable([told], sheet);
  assert.match(lines[0] ?? '', /^POD +NODE +NAME +STATE +SINCE +LEFT +HITS +SENTENCE$/);
  assert.match(lines[1] ?? '', /^shop\/pg-0 +n1 +gone +unknown +- +1m 00s +\? +disk freeze until/);
  assert.match(lines[2] ?? '', / slow +unknown +- +\? +\? +disk latency 1s on fsync$/);
  assert.deepEqual(podRemarks([told], sheet), ['note: shop/pg-0: hits unknown: nobody answers']);
  assert.equal(podSummary([told]), '0 armed; 1 injected pod, 1 could not be asked');
});

test('the table tells since when, what is left, and how often it hit', () => {
  const pod = readClusterPod(aPod({}));
  const told = faultsOfPod(pod, { kind: 'faults', faults: [aFault({ name: 'slow' })] }, nowMs);
  assert.match(
    podTable([told], sheet)[1] ?? '',
    /^shop\/pg-0 +n1 +slow +armed +2026-01-02T03:04:05Z +5m 00s +3 +disk latency 1s on fsync for 5m$/,
  );
  assert.equal(podSummary([told, told]), '2 armed; 2 injected pods');
});

test('a refused sentence is shown with its carets, under the pod that has it', () => {
  const pod = readClusterPod(aPod({}));
  const problems = [{ code: 'x', message: 'no such effect', column: 6, length: 5, found: 'freze' }];
  const refused = aFault({ name: 'bad', state: 'refused', sentence: 'disk freze', problems });
  const lines = podRemarks([faultsOfPod(pod, { kind: 'faults', faults: [refused] }, nowMs)], sheet);
  assert.ok(lines.includes('refused: shop/pg-0 bad'), lines.join('\n'));
});
