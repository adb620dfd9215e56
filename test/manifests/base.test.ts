/**
 * The base for kustomize is the chart's output. After changing the chart:
 *
 *     UPDATE_GOLDEN=1 npm test -- test/manifests/base
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isUpdating } from '../golden-switch.js';
import { needs } from '../needs.js';
import { base, chart, type KubernetesObject, objectsIn, run, succeed, template } from './programs.js';

const rendered = join(base, 'webhook.yaml');
const heading = '# The output of ../chart with its default values; written by test/manifests/base.test.ts.\n';

test('the base is what the chart renders, comments and all', { skip: needs('helm') }, () => {
  const text = heading + template();
  if (isUpdating) writeFileSync(rendered, text);
  assert.equal(readFileSync(rendered, 'utf8'), text);
});

test('kustomize and helm make the same objects, but for the namespace, which helm leaves to who installs', {
  skip: needs('helm', 'kubectl'),
}, () => {
  const byKustomize = objectsIn(succeed('kubectl', ['kustomize', base]));
  const [namespaces, others] = [
    byKustomize.filter(({ kind }) => kind === 'Namespace'),
    byKustomize.filter(({ kind }) => kind !== 'Namespace'),
  ];
  assert.deepEqual(
    namespaces.map(({ metadata }) => metadata.name),
    ['havock8s-system'],
  );
  const byHelm = objectsIn(template());
  assert.ok(byHelm.length > 10);
  assert.deepEqual(byName(others), byName(byHelm));
});

test('the chart passes helm lint, strictly', { skip: needs('helm') }, () => {
  const { status, stdout } = run('helm', ['lint', '--strict', chart]);
  assert.equal(status, 0, stdout);
});

function byName(objects: readonly KubernetesObject[]): Readonly<Record<string, KubernetesObject>> {
  const entries = objects.map((object) => [nameOf(object), object] as const);
  assert.equal(new Set(entries.map(([name]) => name)).size, objects.length, 'two objects have one name');
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

const nameOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind} ${metadata.namespace ?? '-'} ${metadata.name}`;
