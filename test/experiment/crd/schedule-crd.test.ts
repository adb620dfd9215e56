import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleCrd } from '../../../experiment/crd/schedule-crd.js';
import { scheduleTexts } from '../../../experiment/crd/schedule-documentation.js';
import { fieldsOf } from './fields-of.js';

const [version] = scheduleCrd().spec.versions;
const fields = fieldsOf(version?.schema.openAPIV3Schema ?? {});
/** Those of the experiment within are as an Experiment has them. */
const own = fields.filter(
  ({ path }) => /^(spec|status)/.test(path[0] ?? '') && !path.join('.').startsWith('spec.template.spec.'),
);

test('every field of a schedule says what it is for in sentences, and no text is of a field that is not there', () => {
  for (const { path, schema } of own) assert.match(schema.description ?? '', /^[A-Z].*\.$/, path.join('.'));
  const known = new Set(own.map(({ path }) => path.join('.')));
  assert.deepEqual(
    Object.keys(scheduleTexts).filter((path) => !known.has(path)),
    [],
  );
});

test('each text and each list of a schedule has a bound', () => {
  for (const { path, schema } of own) {
    const { type, maxLength, maxItems, maxProperties, additionalProperties, enum: some } = schema;
    const isBounded =
      (type !== 'string' || maxLength !== undefined || some !== undefined) &&
      (type !== 'array' || maxItems !== undefined) &&
      (additionalProperties === undefined || maxProperties !== undefined);
    assert.ok(isBounded, path.join('.'));
  }
});

test('it is small enough to be applied by a kubectl that remembers what it applied', () => {
  const annotationBytes = 256 * 1024;
  const bytes = JSON.stringify(scheduleCrd()).length;
  assert.ok(bytes < 0.75 * annotationBytes, `${bytes}`);
});
