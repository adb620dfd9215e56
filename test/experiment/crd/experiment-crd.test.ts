import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf, texts } from '../../../experiment/crd/documentation.js';
import { experimentCrd } from '../../../experiment/crd/experiment-crd.js';
import { mostStatusBytes, statusLimits, statusSchema } from '../../../experiment/crd/status.js';
import { fieldsOf } from './fields-of.js';

const [version] = experimentCrd().spec.versions;
const root = version?.schema.openAPIV3Schema ?? {};

const ownFields = fieldsOf(root).filter(({ path: [first] }) => first === 'spec' || first === 'status');

test('every field says what it is for, and no text is of a field that is not there', () => {
  const silent = ownFields.filter(({ schema }) => schema.description === undefined);
  assert.deepEqual(
    silent.map(({ path }) => path.join('.')),
    [],
  );
  const used = new Set(ownFields.map(({ path }) => keyOf(path)));
  assert.deepEqual(
    [...texts.keys()].filter((key) => !used.has(key)),
    [],
  );
});

test('what documents a field is sentences, as kubectl explain shows them', () => {
  for (const { path, schema } of ownFields)
    assert.match(schema.description ?? '', /^[A-Z].*\.$/, path.join('.'));
});

test('it is small enough to be applied by a kubectl that remembers what it applied', () => {
  const annotationBytes = 256 * 1024;
  const bytes = JSON.stringify(experimentCrd()).length;
  assert.ok(bytes < 0.75 * annotationBytes, `${bytes}`);
});

test('each text and each list has a bound', () => {
  for (const { path, schema } of fieldsOf(root).filter(({ path: [first] }) => first !== 'metadata')) {
    const { type, maxLength, maxItems, maxProperties, additionalProperties, enum: some } = schema;
    const isBounded =
      (type !== 'string' || maxLength !== undefined || some !== undefined || path.length === 1) &&
      (type !== 'array' || maxItems !== undefined) &&
      (additionalProperties === undefined || maxProperties !== undefined);
    assert.ok(isBounded, path.join('.'));
  }
});

test('the largest status that the schema allows is below 64 KiB', () => {
  const at = '2026-12-01T04:00:00.000Z';
  const name = (length: number): string => 'n'.repeat(length);
  const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
  const { conditions, faults, targets, podsOfTarget } = statusLimits;
  const largest = {
    observedGeneration: 1e9,
    phase: 'Finally',
    step: name(128),
    verdict: 'Inconclusive',
    data: 'Unknown',
    reason: name(128),
    message: name(512),
    startedAt: at,
    endedAt: at,
    targets: many(targets, { name: name(40), count: 1e6, pods: many(podsOfTarget, name(253)) }),
    faults: many(faults, { name: name(128), pod: name(253), state: 'Unverified', hits: 1e15, until: at }),
    faultsLeft: 1e6,
    journal: { configMap: name(253) },
    conditions: many(conditions, {
      ...{ type: name(64), status: 'Unknown', observedGeneration: 1e9, lastTransitionTime: at },
      ...{ reason: name(128), message: name(512) },
    }),
  };
  statusSchema.parse(largest);
  assert.deepEqual(
    Object.keys(largest).toSorted(),
    Object.keys(statusSchema.shape).toSorted(),
    'a field is missing from this test',
  );
  const bytes = JSON.stringify(largest).length;
  assert.ok(bytes < mostStatusBytes, `${bytes}`);
});

test('the status keeps its conditions apart by type, and takes the others as they come', () => {
  const lists = fieldsOf(root).filter(
    ({ schema: { type }, path: [first] }) => type === 'array' && first === 'status',
  );
  assert.deepEqual(
    lists.map(({ path, schema }) => [path.join('.'), schema['x-kubernetes-list-map-keys']]),
    [
      ['status.targets', undefined],
      ['status.targets.pods', undefined],
      ['status.faults', undefined],
      ['status.conditions', ['type']],
    ],
  );
});
