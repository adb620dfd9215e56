/**
 * The base for kustomize is the chart's output, and custom resources are what their schemas give. After changing the chart, or
 * a field of an experiment:
 *
 *     UPDATE_GOLDEN=1 npm test -- test/manifests/base
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { experimentCrd } from '../../experiment/crd/experiment-crd.js';
import { scheduleCrd } from '../../experiment/crd/schedule-crd.js';
import { isUpdating } from '../golden-switch.js';
import { needs } from '../needs.js';
import { base, chart, type KubernetesObject, objectsIn, run, succeed, template } from './programs.js';

const crdHeading = '# Made from experiment/crd/; written by test/manifests/base.test.ts.\n';
const rendered = join(base, 'webhook.yaml');
const heading = '# The output of ../chart with its default values; written by test/manifests/base.test.ts.\n';

test('custom resources are what the schemas of an experiment and of a schedule give', () => {
  for (const crd of [experimentCrd(), scheduleCrd()]) compareWithFile(crd);
});

function compareWithFile(crd: ReturnType<typeof experimentCrd>): void {
  const path = join(chart, 'custom-resources', `${crd.metadata.name}.yaml`);
  // By the older YAML, so that what it takes for true or a number is quoted: whatever reads this does.
  const yaml = stringify(crd, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
  const text = `${crdHeading}${yaml}`;
  if (isUpdating) writeFileSync(path, text);
  assert.equal(readFileSync(path, 'utf8'), text);
}

test('the base is what the chart renders, comments and all', { skip: needs('helm') }, () => {
  const text = heading + withoutCustomResources(template());
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

/** The base takes those from the chart's own file. */
const withoutCustomResources = (rendering: string): string =>
  rendering
    .split(/^(?=---\n)/m)
    .filter((document) => !document.startsWith('---\n# Source: havock8s/templates/crd-experiments.yaml\n'))
    .join('');

function byName(objects: readonly KubernetesObject[]): Readonly<Record<string, KubernetesObject>> {
  const entries = objects.map((object) => [nameOf(object), object] as const);
  assert.equal(new Set(entries.map(([name]) => name)).size, objects.length, 'two objects have one name');
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

const nameOf = ({ kind, metadata }: KubernetesObject): string =>
  `${kind} ${metadata.namespace ?? '-'} ${metadata.name}`;
