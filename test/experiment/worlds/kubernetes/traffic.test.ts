import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isServedAsBefore, servedPods, trafficOf } from '../../../../experiment/worlds/kubernetes/traffic.js';

const slice = (
  service: string | null,
  ...endpoints: readonly (readonly [uid: string, ready?: boolean])[]
) => ({
  metadata: { name: 'x', ...(service !== null && { labels: { 'kubernetes.io/service-name': service } }) },
  endpoints: endpoints.map(([uid, ready]) => ({ conditions: { ready }, targetRef: { uid } })),
});
const pods = ['a', 'b', 'c'].map((uid) => ({ uid }));

test('each Service counts the pods of the target that get its traffic', () => {
  const parts = [
    slice('pg', ['a', true], ['b', false], ['x', true]),
    // Where nobody has said, it gets traffic. The same pod by its other address.
    slice('pg', ['c'], ['a', true]),
    slice('other', ['x', true]),
    slice(null, ['a', true]),
    { ...slice('none'), endpoints: null },
  ].flatMap((object) => servedPods(object) ?? []);
  assert.deepEqual(trafficOf(parts, pods), new Map([['pg', 2]]));
});

test('as many as before are enough, whoever they are', () => {
  const before = new Map([
    ['pg', 2],
    ['primary', 1],
  ]);
  assert.ok(isServedAsBefore(before, new Map([...before, ['new', 1]])));
  assert.ok(!isServedAsBefore(before, new Map([['pg', 3]])));
  assert.ok(!isServedAsBefore(before, new Map([...before, ['pg', 1]])));
  assert.ok(isServedAsBefore(new Map(), new Map()));
});
