/** The port of an injected pod where others read what is on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aPod, type InjectedPod, injected } from './a-pod.js';

const faultsOf = ({ spec }: InjectedPod) =>
  spec.initContainers.find(({ name }) => name === 'havock8s-faults');

test('the fault proxy has a port to be read by, which it declares and which is no port of the application', () => {
  const { pod, status } = injected(aPod());
  const faults = faultsOf(pod);
  assert.deepEqual(faults?.ports, [{ name: 'havock8s', containerPort: 7807, protocol: 'TCP' }]);
  assert.deepEqual([status.readOnlyPort, status.inbound], [7807, [5432]]);
  assert.deepEqual(injected(pod).patch, []);
});

for (const [value, config, expected] of [
  [undefined, 'none', undefined],
  [undefined, 9000, 9000],
  ['9000', 7807, 9000],
  ['9000', 'none', 9000],
  [' ', 7807, 7807],
  ['none', 7807, undefined],
] as const)
  test(`with ${JSON.stringify(value)} in the annotation and ${config} configured the port is ${expected}`, () => {
    const annotations = value === undefined ? {} : { 'havock8s.io/read-only-port': value };
    const { pod, status, notes } = injected(aPod({ annotations }), { config: { readOnlyPort: config } });
    assert.equal(status.readOnlyPort, expected);
    assert.deepEqual(notes, []);
    const faults = faultsOf(pod);
    assert.equal(faults?.ports?.[0]?.containerPort, expected);
    const isTold = faults?.args?.some((arg) => arg.startsWith('--read-only-port') || arg.startsWith('--pod'));
    assert.equal(isTold, expected !== undefined);
  });

test('a port that the pod has itself, or that is none, is not taken, and that is told', () => {
  const taken = { code: 'port-taken', subject: '7807' } as const;
  const its = { ports: [{ containerPort: 5432 }, { containerPort: 7807, protocol: 'UDP' }] };
  const sidecar = { name: 'theirs', restartPolicy: 'Always', ports: [{ containerPort: 7807 }] };
  const bad = { 'havock8s.io/read-only-port': 'of' };
  for (const [pod, note] of [
    [aPod({ container: its }), taken],
    [aPod({ initContainers: [sidecar] }), taken],
    [aPod({ annotations: { 'havock8s.io/ports': '7807' } }), taken],
    [aPod({ annotations: { 'havock8s.io/read-only-port': '7808' } }), { ...taken, subject: '7808' }],
    [aPod({ annotations: bad }), { code: 'bad-port', subject: 'havock8s.io/read-only-port=of' }],
  ] as const) {
    const { status, notes } = injected(pod);
    assert.deepEqual([status.readOnlyPort, notes], [undefined, [note]]);
  }
});
