import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeState,
  type PodRole,
  podsWithRole,
  type RoleState,
  readingOf,
} from '../../../../../experiment/worlds/kubernetes/roles/role.js';
import { settled } from '../../../../../experiment/worlds/kubernetes/roles/settled.js';
import { member, neither, podsOf, silent } from './pods.js';

interface Row {
  readonly when: string;
  readonly pods: Readonly<Record<string, PodRole>>;
  readonly state: RoleState;
  readonly says: string;
  /** Null: settled. */
  readonly unsettled: string | null;
}

const [primary, replica] = [member('primary'), member('replica')];
const shard = (name: string) => ({ group: { name, writers: 'one' as const } });
const galera = (name: string) => ({ group: { name, writers: 'all' as const } });

const rows: readonly Row[] = [
  {
    when: 'one primary and two replicas',
    pods: { a: primary, b: replica, c: replica },
    state: { kind: 'one', primaries: ['a'], unknown: [] },
    says: 'one primary: a',
    unsettled: null,
  },
  {
    when: 'one primary, and a pod that does not answer',
    pods: { a: primary, b: replica, c: silent },
    state: { kind: 'one', primaries: ['a'], unknown: ['c'] },
    says: 'one primary: a; of c nothing is known (no answer)',
    unsettled: 'of c nothing is known (no answer)',
  },
  {
    when: 'no primary, and every pod is known',
    pods: { a: neither(), b: replica },
    state: { kind: 'none', of: [] },
    says: 'no primary: a is neither primary nor replica (it starts); b is a replica (as told)',
    unsettled: 'no primary: a is neither primary nor replica (it starts); b is a replica (as told)',
  },
  {
    when: 'no primary was seen, and one pod may be it',
    pods: { a: silent, b: replica },
    state: { kind: 'unknown', unknown: ['a'] },
    says: 'nobody can say which is the primary; of a nothing is known (no answer)',
    unsettled: 'nobody can say which is the primary; of a nothing is known (no answer)',
  },
  {
    when: 'two primaries',
    pods: { a: primary, b: primary, c: replica },
    state: { kind: 'two', primaries: ['a', 'b'], unknown: [] },
    says: 'split brain: a, b are primaries of the same data',
    unsettled: 'split brain: a, b are primaries of the same data',
  },
  {
    when: 'no pods',
    pods: {},
    state: { kind: 'none', of: [] },
    says: 'no primary: there is no pod',
    unsettled: 'no primary: there is no pod',
  },
  {
    when: 'a primary a shard',
    pods: {
      a: member('primary', shard('slots 0-99')),
      b: member('primary', shard('slots 100-199')),
      c: member('replica', shard('slots 0-99')),
    },
    state: { kind: 'one', primaries: ['a', 'b'], unknown: [] },
    says: '2 primaries, as it should be: a, b',
    unsettled: null,
  },
  {
    when: 'a shard without a primary',
    pods: { a: member('primary', shard('slots 0-99')), b: member('replica', shard('slots 100-199')) },
    state: { kind: 'none', of: ['slots 100-199'] },
    says: 'no primary of slots 100-199: a is the primary (as told); b is a replica (as told)',
    unsettled: 'no primary of slots 100-199: a is the primary (as told); b is a replica (as told)',
  },
  {
    when: 'a shard with two primaries',
    pods: {
      a: member('primary', shard('slots 0-99')),
      b: member('primary', shard('slots 100-199')),
      c: member('primary', shard('slots 100-199')),
    },
    state: { kind: 'two', primaries: ['b', 'c'], unknown: [] },
    says: 'split brain: b, c are primaries of the same data',
    unsettled: 'split brain: b, c are primaries of the same data',
  },
  {
    when: 'a cluster all of whose members take writes',
    pods: { a: member('primary', galera('g')), b: member('primary', galera('g')) },
    state: { kind: 'one', primaries: ['a', 'b'], unknown: [] },
    says: '2 primaries, as it should be: a, b',
    unsettled: null,
  },
  {
    when: 'such a cluster that has parted',
    pods: { a: member('primary', galera('g')), b: member('primary', galera('h')) },
    state: { kind: 'two', primaries: ['a', 'b'], unknown: [] },
    says: 'split brain: a, b are primaries of the same data',
    unsettled: 'split brain: a, b are primaries of the same data',
  },
  {
    when: 'an arbiter beside',
    pods: { a: primary, b: neither(true) },
    state: { kind: 'one', primaries: ['a'], unknown: [] },
    says: 'one primary: a',
    unsettled: null,
  },
  {
    when: 'a member that starts',
    pods: { a: primary, b: neither() },
    state: { kind: 'one', primaries: ['a'], unknown: [] },
    says: 'one primary: a',
    unsettled: 'b is neither primary nor replica (it starts)',
  },
  {
    when: 'a primary that takes no writes',
    pods: { a: member('primary', { writable: false }), b: replica },
    state: { kind: 'one', primaries: ['a'], unknown: [] },
    says: 'one primary: a',
    unsettled: 'a is the primary and takes no writes (as told)',
  },
  {
    when: 'a replica that takes writes',
    pods: { a: primary, b: member('replica', { writable: true }) },
    state: { kind: 'one', primaries: ['a'], unknown: [] },
    says: 'one primary: a',
    unsettled: 'b is a replica that takes writes (as told)',
  },
  {
    when: 'the database was not asked',
    pods: { a: { kind: 'primary', from: 'label', seen: 'role=primary', writable: null, group: null } },
    state: { kind: 'one', primaries: ['a'], unknown: [] },
    says: 'one primary: a',
    unsettled: 'a is called primary by a label, and the database was not asked',
  },
];

for (const { when, pods, state, says, unsettled } of rows) {
  test(`the state of a database, and whether it has settled: ${when}`, () => {
    const reading = readingOf({ pods: podsOf(pods), way: 'told', remarks: [] });
    assert.deepEqual(reading.state, state);
    assert.equal(describeState(reading), says);
    const result = settled(reading);
    assert.equal(result.kind === 'unsettled' ? result.why : null, unsettled);
    if (result.kind === 'settled')
      assert.deepEqual(result.primaries, state.kind === 'one' && state.primaries);
  });
}

test('the pods of a role', () => {
  const pods = podsOf({ a: primary, b: replica, c: replica, d: neither(), e: silent });
  assert.deepEqual(podsWithRole({ pods }, 'primary'), ['a']);
  assert.deepEqual(podsWithRole({ pods }, 'replica'), ['b', 'c']);
});
