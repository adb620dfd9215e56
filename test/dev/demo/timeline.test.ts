import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freezing } from '../../../dev/demo/cluster/pod-deletion.js';
import { timelineOf } from '../../../dev/demo/timeline.js';
import { parse } from '../../../faults/parse.js';

const tableFile = 'base/5/16389';
const deletion = { kind: 'own', told: 'kubectl delete pod pg-0', perform: async () => '' } as const;
const cluster = { tableFile, cutOff: 'tcp partition with pg-1 for 6s', deletion };
const local = timelineOf({ tableFile, cutOff: 'tcp blackhole port 5433 for 8s' });
const all = timelineOf(cluster);
const quick = timelineOf({ ...cluster, quick: true });

test('every sentence of the timelines is a fault', () => {
  for (const { actions } of [local, all]) {
    const sentences = actions.flatMap(({ disturbance }) =>
      'sentence' in disturbance ? [disturbance.sentence] : [],
    );
    assert.equal(sentences.length, 5);
    for (const sentence of [...sentences, freezing]) assert.equal(parse(sentence).kind, 'fault', sentence);
  }
});

for (const [where, { actions, seconds }, calmS, most] of [
  ['here', local, 3, 90],
  ['on a cluster', all, 2, 80],
  ['on a cluster in a hurry', quick, 2, 80],
] as const)
  test(`the actions follow each other with calm between them, ${where} in ${most} seconds at most`, () => {
    for (const [index, { fromS, toS }] of actions.entries()) {
      assert.ok(fromS < toS);
      assert.ok(toS + calmS <= (actions[index + 1]?.fromS ?? seconds));
    }
    assert.ok(seconds <= most);
  });

test('only a cluster deletes a pod', () => {
  assert.deepEqual(
    all.actions.map(({ name }) => name).filter((name) => !local.actions.some((one) => one.name === name)),
    ['deleted'],
  );
});

test('who is in a hurry sees three of them, each as long as ever', () => {
  assert.deepEqual(
    quick.actions.map(({ name }) => name),
    ['frozen', 'cut-off', 'deleted'],
  );
  const lengthOf = (name: string, { actions } = all): number =>
    actions.filter((one) => one.name === name).reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);
  for (const { name } of quick.actions) assert.equal(lengthOf(name), lengthOf(name, quick));
});
