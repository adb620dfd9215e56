import assert from 'node:assert/strict';
import { test } from 'node:test';
import { experimentJsonSchema } from '../../../experiment/file/json-schema.js';

/** As kubectl, Helm and everything else of Kubernetes reads them: by YAML 1.1. */
const booleans = /^(y|yes|n|no|on|off|true|false|null|~)$/i;

test('no field has a name that the YAML of Kubernetes takes for true, false or nothing', () => {
  const names = fieldsOf(experimentJsonSchema());
  assert.ok(names.includes('steps') && names.includes('fault'));
  assert.deepEqual(
    names.filter((name) => booleans.test(name)),
    [],
  );
});

function fieldsOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...new Set([...own, ...Object.values(schema).flatMap(fieldsOf)])];
}
