import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planFor } from '../plan-for.js';

/** `ID after IDS`. */
const orderOf = (steps: readonly object[]): readonly string[] =>
  planFor({ steps }).steps.map(({ id, after }) => `${id} after ${after.join(',')}`.trim());

const wait = { wait: { for: '1s' } };

test('steps follow one another, and what is parallel begins together', () => {
  assert.deepEqual(
    orderOf([
      { name: 'a', ...wait },
      {
        name: 'both',
        parallel: [
          { name: 'b', ...wait },
          { name: 'c', ...wait },
        ],
      },
      { name: 'd', ...wait },
    ]),
    ['a after', 'both.b after a', 'both.c after a', 'd after both.b,both.c'],
  );
});

test('`after` takes a step out of the row', () => {
  assert.deepEqual(
    orderOf([
      { name: 'a', ...wait },
      { name: 'b', ...wait },
      { name: 'c', after: ['a'], ...wait },
      { name: 'd', after: [], ...wait },
    ]),
    ['a after', 'b after a', 'c after a', 'd after'],
  );
});

test('a repetition and a ramp are spelled out, each turn after the one before', () => {
  assert.deepEqual(
    orderOf([
      {
        name: 'twice',
        repeat: {
          times: 2,
          steps: [
            { name: 'x', ...wait },
            { name: 'y', ...wait },
          ],
        },
      },
      { name: 'grows', ramp: { fault: 'disk latency {value} for 1s', values: ['1ms', '2ms'] } },
    ]),
    [
      'twice.1.x after',
      'twice.1.y after twice.1.x',
      'twice.2.x after twice.1.x,twice.1.y',
      'twice.2.y after twice.2.x',
      'grows.1 after twice.2.x,twice.2.y',
      'grows.2 after grows.1',
    ],
  );
});

test('a step without a name is called by what it does, and its place', () => {
  assert.deepEqual(orderOf([wait, { fault: 'disk freeze for 1s' }]), [
    'wait-1 after',
    'fault-2 after wait-1',
  ]);
});
