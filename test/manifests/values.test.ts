/** What may be set, what is refused, and that the defaults are those of the program. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import * as z from 'zod';
import { configSchema } from '../../webhook/config-schema.js';
import { defaultConfig } from '../../webhook/injection-config.js';
import { readConfig } from '../../webhook/read-config.js';
import { needs } from '../needs.js';
import { chart, find, objectsIn, run, template, templateArgs } from './programs.js';

const schema = JSON.parse(readFileSync(`${chart}/values.schema.json`, 'utf8'));
const values = parse(readFileSync(`${chart}/values.yaml`, 'utf8'));
const isValid = new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false }).compile(
  schema,
);

const configOf = (...set: readonly string[]) => {
  const { data } = find(objectsIn(template(...set)), 'ConfigMap', 'havock8s-webhook');
  return readConfig(data['injection.yaml']);
};

test('the default values are valid', () => {
  assert.ok(isValid(values), JSON.stringify(isValid.errors));
});

test('every value is in the schema, and the schema has no other', () => {
  for (const [path, object] of objectsOf(schema, values)) {
    const known = Object.keys(object.schema.properties).filter((name) => name !== 'global');
    assert.deepEqual(Object.keys(object.value).toSorted(), known.toSorted(), path);
  }
});

test('what the chart takes of the configuration is what the program knows', () => {
  const { properties } = z.toJSONSchema(configSchema) as Schema;
  const ofChart = schema.properties.injection.properties;
  assert.deepEqual(Object.keys(ofChart).toSorted(), Object.keys(properties).toSorted());
  const { pullPolicy, logLevel, labelSelector } = schema.definitions;
  assert.deepEqual(pullPolicy.enum, properties.imagePullPolicy.enum);
  assert.deepEqual(logLevel.enum, properties.logLevel.enum);
  assert.deepEqual(ofChart.podSecurityDefault.enum, properties.podSecurityDefault.enum);
  const [selector] = properties.podSelector.anyOf;
  const operators = (of: Schema) => of.properties.matchExpressions.items.properties.operator.enum;
  assert.deepEqual(operators(labelSelector), operators(selector));
});

test('the appVersion, and so the image, is the version of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const { appVersion } = parse(readFileSync(`${chart}/Chart.yaml`, 'utf8'));
  assert.equal(appVersion, version);
});

test('the default configuration is that of the program', { skip: needs('helm') }, () => {
  assert.deepEqual(configOf(), { kind: 'config', config: defaultConfig });
  const { image: _, ...injection } = values.injection;
  const { image: __, ...expected } = defaultConfig;
  assert.deepEqual(injection, expected);
});

test('what is set reaches the program', { skip: needs('helm') }, () => {
  const podSelector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['pg', 'redis'] }] };
  const set = [`injection.podSelector=${JSON.stringify(podSelector)}`, 'image.tag="9.9"'];
  assert.deepEqual(configOf(...set), {
    kind: 'config',
    config: { ...defaultConfig, image: 'localhost/havock8s:9.9', podSelector },
  });
});

const wrong: Readonly<Record<string, string>> = {
  'a name that is not there': 'imge={"tag":"1"}',
  'a name within that is not there': 'injection.podselector={"matchLabels":{"a":"b"}}',
  'no replica at all': 'replicas=0',
  'a number as text': 'replicas="2"',
  'a level that is none': 'logLevel="verbose"',
  'another source of certificates': 'certs.source="vault"',
  'a quantity that is none': 'injection.servedSizeLimit="1 MB"',
  'a selector of every pod': 'injection.podSelector={}',
  'an operator without values': 'injection.podSelector={"matchExpressions":[{"key":"a","operator":"In"}]}',
  'a label that would break out of the condition': `injection.podSelector={"matchLabels":{"a":"b'||'"}}`,
  'a longer wait than the API server takes': 'webhook.timeoutSeconds=31',
  'a digest that is none': 'image.digest="sha256:abc"',
  'our own label taken away': 'podLabels={"app.kubernetes.io/name":"other"}',
  'our own pods injected': 'podAnnotations={"havock8s.io/inject":"true"}',
};

for (const [what, value] of Object.entries(wrong)) {
  test(`helm refuses ${what}`, { skip: needs('helm') }, () => {
    const { status, stderr } = run('helm', templateArgs([value]));
    assert.equal(status, 1);
    assert.match(stderr, /values don't meet the specifications of the schema/);
  });
}

/** Every object among the values whose fields the schema names, by its path. */
function objectsOf(
  part: Schema,
  value: unknown,
  path = 'values',
): readonly (readonly [string, { schema: Schema; value: object }])[] {
  const resolved = part.$ref === undefined ? part : schema.definitions[part.$ref.split('/').at(-1) ?? ''];
  const { properties } = resolved;
  if (typeof value !== 'object' || value === null || properties === undefined || isPartial(path)) return [];
  const fields = Object.entries(value).flatMap(([name, field]) =>
    objectsOf(properties[name] ?? {}, field, `${path}.${name}`),
  );
  return [[path, { schema: resolved, value }], ...fields];
}

/** A limit of the processor may be set and is not. */
const isPartial = (path: string): boolean => path.endsWith('.limits');

interface Schema {
  readonly $ref?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a schema is read as it is written.
  readonly properties?: any;
}
