import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterTimeline } from '../../../../dev/demo/cluster/acts.js';
import { freezing } from '../../../../dev/demo/cluster/pod-deletion.js';
import { parse } from '../../../../faults/parse.js';

const deletion = { kind: 'own', told: 'kubectl delete pod pg-0', perform: async () => '' } as const;
const props = { tableFile: 'base/5/16389', replica: 'pg-1', deletion };
const [all, quick] = [false, true].map((isQuick) => clusterTimeline({ ...props, quick: isQuick }).acts);

test('every sentence of the timeline is a fault', () => {
  const sentences = all?.flatMap(({ deed }) => ('sentence' in deed ? [deed.sentence] : [])) ?? [];
  assert.equal(sentences.length, 5);
  for (const sentence of [...sentences, freezing]) assert.equal(parse(sentence).kind, 'fault', sentence);
});

test('the acts follow each other with calm between them, and take no longer than eighty seconds', () => {
  for (const acts of [all, quick])
    for (const [index, { fromS, toS }] of acts?.entries() ?? []) {
      assert.ok(fromS < toS);
      assert.ok(toS + 2 <= (acts?.[index + 1]?.fromS ?? 80));
    }
});

test('who is in a hurry sees three of them, each as long as ever', () => {
  assert.deepEqual(
    quick?.map(({ name }) => name),
    ['frozen', 'cut-off', 'deleted'],
  );
  const length = (name: string, acts = all): number =>
    acts?.filter((act) => act.name === name).reduce((sum, { fromS, toS }) => sum + toS - fromS, 0) ?? 0;
  for (const { name } of quick ?? []) assert.equal(length(name), length(name, quick));
});
