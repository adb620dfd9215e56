import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Member,
  type Membership,
  quorumAfter,
} from '../../../../../../experiment/worlds/kubernetes/roles/quorum/quorum-after.js';
import { statefulSetMembers } from '../../../../../../experiment/worlds/kubernetes/roles/quorum/stateful-set-members.js';

/** `a b !c d? e-`: c is not healthy, of d's vote nobody knows, e has none. */
const members = (text: string): readonly Member[] =>
  text.split(' ').map((word) => ({
    name: word.replace(/[!?-]/g, ''),
    isHealthy: !word.includes('!'),
    vote: word.includes('?') ? 'maybe' : word.includes('-') ? 'no' : 'yes',
  }));

const of = (text: string, atLeast?: number): Membership => ({
  of: 'db',
  members: members(text),
  ...(atLeast !== undefined && { atLeast }),
});

const rows: readonly (readonly [string, Membership, readonly string[], string | null])[] = [
  ['one of three', of('a b c'), ['a'], null],
  [
    'two of three',
    of('a b c'),
    ['a', 'b'],
    '3 members of db vote, 3 healthy (a, b, c); taking a, b leaves 1, and 2 are needed',
  ],
  [
    'one of three, where one is down',
    of('a b !c'),
    ['b'],
    '3 members of db vote, 2 healthy (a, b); taking b leaves 1, and 2 are needed',
  ],
  ['the one that is down', of('a b !c'), ['c'], null],
  [
    'one where there is no quorum',
    of('a !b !c'),
    ['a'],
    '3 members of db vote, 1 healthy (a): there is no quorum already, 2 are needed; taking a would leave 0',
  ],
  ['one that is not a member', of('a b'), ['x'], null],
  [
    'one of two',
    of('a b'),
    ['a'],
    '2 members of db vote, 2 healthy (a, b); taking a leaves 1, and 2 are needed',
  ],
  ['one of one', of('a'), ['a'], '1 members of db vote, 1 healthy (a); taking a leaves 0, and 1 are needed'],
  ['two of five', of('a b c d e'), ['a', 'b'], null],
  ['a learner', of('a b !c d-'), ['d'], null],
  [
    'a voter beside a learner',
    of('a b !c d-'),
    ['a'],
    '3 members of db vote, 2 healthy (a, b); taking a leaves 1, and 2 are needed',
  ],
  [
    'where more than a majority is asked for',
    of('a b c', 3),
    ['a'],
    '3 members of db vote, 3 healthy (a, b, c); taking a leaves 2, and 3 are needed',
  ],
  [
    'where passives may not vote: two of the three that do',
    of('a b c d? e?'),
    ['a', 'b'],
    '3 members of db vote, 3 healthy (a, b, c); taking a, b leaves 1, and 2 are needed',
  ],
  [
    'where a passive that is down may vote',
    of('a b c !d? !e?'),
    ['a'],
    '5 members of db vote, 3 healthy (a, b, c); taking a leaves 2, and 3 are needed',
  ],
];

for (const [what, membership, taken, why] of rows)
  test(`a quorum after taking ${what}`, () => {
    const after = quorumAfter(membership, taken);
    assert.equal(after.kind === 'lost' ? after.why : null, why);
  });

test('what is kept is a majority of those who vote; what is lost is not, whoever is taken', () => {
  const anyMember = fc.record({ isHealthy: fc.boolean(), isTaken: fc.boolean() });
  fc.assert(
    fc.property(fc.array(anyMember, { minLength: 1, maxLength: 9 }), (given) => {
      const all = given.map(
        ({ isHealthy }, index): Member => ({ name: `m${index}`, vote: 'yes', isHealthy }),
      );
      const taken = all.flatMap(({ name }, index) => (given[index]?.isTaken ? [name] : []));
      const after = quorumAfter({ of: 'db', members: all }, taken);
      const left = given.filter(({ isHealthy, isTaken }) => isHealthy && !isTaken).length;
      const takesHealthy = given.some(({ isHealthy, isTaken }) => isHealthy && isTaken);
      assert.equal(after.left, left);
      assert.equal(after.kind === 'lost', takesHealthy && left * 2 <= given.length);
    }),
  );
});

const ready = (status: string) => ({ conditions: [{ type: 'Ready', status }] });

test('members of a StatefulSet: Ready, not Ready, going, and missing', () => {
  const set = { metadata: { name: 'db' }, spec: { replicas: 4, ordinals: { start: 2 } } };
  const pods = [
    { metadata: { name: 'db-2' }, status: ready('True') },
    { metadata: { name: 'db-3' }, status: ready('False') },
    { metadata: { name: 'db-4', deletionTimestamp: '2026-11-02T10:00:00Z' }, status: ready('True') },
  ];
  assert.deepEqual(statefulSetMembers(set, pods), {
    of: 'StatefulSet db',
    members: members('db2 !db3 !db4 !db5').map((one) => ({ ...one, name: one.name.replace('db', 'db-') })),
  });
});
