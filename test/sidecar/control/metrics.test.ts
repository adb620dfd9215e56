import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotations } from '../registry/opened-registry.js';
import { someFacts, startedControl } from './started-control.js';

/** Samples that begin with `prefix`, as they stand. */
function samples(text: string, prefix: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith(prefix));
}

test('/metrics counts per fault what it matched, injected, exempted and let be', async (t) => {
  const { send, registry, applier } = await startedControl(t);
  await registry.setAnnotations(annotations({ a: 'disk freeze', bad: 'disk freze' }));
  await registry.arm('a', 'disk readonly');
  await registry.arm('b', 'disk latency 1s every 2nd');
  await registry.disarm('a');
  applier.meet('fsync', { times: 9 });
  applier.meet('fsync', { times: 2, exempt: true });
  const { text, status } = await send('GET', '/metrics');
  assert.equal(status, 200);
  assert.deepEqual(
    samples(text, 'havock8s_fault'),
    [
      'havock8s_fault_armed{fault="a",plane="disk",effect="freeze"} 0',
      'havock8s_fault_armed{fault="b",plane="disk",effect="latency"} 1',
      'havock8s_fault_matched_total{fault="a",plane="disk",effect="freeze"} 0',
      'havock8s_fault_matched_total{fault="b",plane="disk",effect="latency"} 9',
      'havock8s_fault_injected_total{fault="a",plane="disk",effect="freeze"} 0',
      'havock8s_fault_injected_total{fault="b",plane="disk",effect="latency"} 4',
      'havock8s_fault_exempted_total{fault="a",plane="disk",effect="freeze"} 0',
      'havock8s_fault_exempted_total{fault="b",plane="disk",effect="latency"} 2',
      'havock8s_fault_passed_total{fault="a",plane="disk",effect="freeze"} 0',
      'havock8s_fault_passed_total{fault="b",plane="disk",effect="latency"} 5',
      'havock8s_faults{state="armed"} 1',
      'havock8s_faults{state="expired"} 0',
      'havock8s_faults{state="disarmed"} 1',
      'havock8s_faults{state="shadowed"} 0',
      'havock8s_faults{state="refused"} 1',
    ].sort((one, other) => order(text, one) - order(text, other)),
  );
});

const order = (text: string, line: string) => text.indexOf(line);

test('/metrics has the latency of operations as a cumulative histogram by verb', async (t) => {
  const { send } = await startedControl(t);
  const { text } = await send('GET', '/metrics');
  const buckets = samples(text, 'havock8s_disk_operation_duration_seconds_bucket');
  assert.equal(buckets.length, 18);
  assert.equal(buckets[0], 'havock8s_disk_operation_duration_seconds_bucket{le="0.00001",verb="read"} 1');
  assert.equal(buckets[16], 'havock8s_disk_operation_duration_seconds_bucket{le="2.5",verb="read"} 3');
  assert.equal(buckets[17], 'havock8s_disk_operation_duration_seconds_bucket{le="+Inf",verb="read"} 10');
  assert.deepEqual(samples(text, 'havock8s_disk_operation_duration_seconds_sum'), [
    'havock8s_disk_operation_duration_seconds_sum{verb="read"} 0.5',
  ]);
  assert.deepEqual(samples(text, 'havock8s_disk_operation_duration_seconds_count'), [
    'havock8s_disk_operation_duration_seconds_count{verb="read"} 10',
  ]);
  assert.match(text, /^# TYPE havock8s_disk_operation_duration_seconds histogram$/m);
});

test('/metrics tells of operations, what waits, restarts and the process', async (t) => {
  const { send } = await startedControl(t);
  const { text } = await send('GET', '/metrics');
  for (const line of [
    'havock8s_disk_operations_total{verb="read"} 10',
    'havock8s_disk_operation_errors_total{verb="read"} 1',
    'havock8s_disk_parked 3',
    'havock8s_disk_parked_overflows_total 1',
    'havock8s_restarts_total 2',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
  assert.match(text, /^havock8s_process_resident_memory_bytes \d+$/m);
});

test('/metrics counts the same when it is read twice', async (t) => {
  const { send } = await startedControl(t);
  const reading = async () => samples((await send('GET', '/metrics')).text, 'havock8s_disk');
  assert.deepEqual(await reading(), await reading());
});

test('/metrics answers before there is a disk', async (t) => {
  const { send } = await startedControl(t, () => ({ ...someFacts(), disk: null }));
  const { text } = await send('GET', '/metrics');
  assert.deepEqual(samples(text, 'havock8s_disk'), []);
});
