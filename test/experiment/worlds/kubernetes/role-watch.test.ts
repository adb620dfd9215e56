import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../../experiment/journal/events.js';
import { RoleWatch } from '../../../../experiment/worlds/kubernetes/role-watch.js';
import { type PodRole, readingOf } from '../../../../experiment/worlds/kubernetes/roles/role.js';

const said = (kind: 'primary' | 'replica', from: 'database' | 'label' = 'database'): PodRole => ({
  ...{ kind, from, seen: kind, group: null },
  writable: from === 'database' ? kind === 'primary' : null,
});

function watched() {
  const told: RunEvent[] = [];
  const watch = new RoleWatch((event) => told.push(event));
  return {
    told,
    see: (...primaries: readonly string[]) =>
      watch.see('db', readingOf({ ...reading, pods: podsOf(primaries, 'database') })),
    seeLabels: (...primaries: readonly string[]) =>
      watch.see('db', readingOf({ ...reading, pods: podsOf(primaries, 'label') })),
  };
}

const reading = { way: 'asked', remarks: [] };
const podsOf = (primaries: readonly string[], from: 'database' | 'label') =>
  new Map(
    ['a', 'b', 'c'].map(
      (name) => [name, said(primaries.includes(name) ? 'primary' : 'replica', from)] as const,
    ),
  );

test('a role that moves is told, and how it was before is not', () => {
  const { told, see } = watched();
  for (const primaries of [['a'], ['a'], [], ['b'], ['b']]) see(...primaries);
  assert.deepEqual(
    told.map((event) => (event.type === 'seen' ? `${event.subject}: ${event.message}` : event.type)),
    [
      'role of db: no primary: a is a replica (replica); b is a replica (replica); c is a replica (replica)',
      'role of db: one primary: b',
    ],
  );
});

test('two that were primary whenever they were asked are a finding, told once', () => {
  const { told, see } = watched();
  for (let turn = 0; turn < 5; turn += 1) see('a', 'b');
  assert.deepEqual(
    told.filter(({ type }) => type === 'two-primaries'),
    [
      {
        ...{ type: 'two-primaries', target: 'db' },
        message: 'a and b were primary at the same time, each asked twice',
      },
    ],
  );
});

test('a role that moves while they are asked is no finding, nor is what a label says', () => {
  const { told, see, seeLabels } = watched();
  for (const primaries of [['a'], ['a', 'b'], ['b'], ['b', 'c'], ['c', 'a'], ['a']]) see(...primaries);
  for (let turn = 0; turn < 3; turn += 1) seeLabels('a', 'b');
  assert.deepEqual(
    told.filter(({ type }) => type === 'two-primaries'),
    [],
  );
});
