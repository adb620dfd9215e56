import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { configSchema } from '../../webhook/config-schema.js';
import { defaultConfig } from '../../webhook/injection-config.js';
import { readConfig } from '../../webhook/read-config.js';

test('nothing is the defaults, and the defaults can be written down', () => {
  assert.deepEqual(readConfig(''), { kind: 'config', config: defaultConfig });
  assert.deepEqual(readConfig('# nothing yet\n'), { kind: 'config', config: defaultConfig });
  assert.deepEqual(readConfig(stringify(defaultConfig)), { kind: 'config', config: defaultConfig });
  assert.deepEqual(readConfig(JSON.stringify(defaultConfig)), { kind: 'config', config: defaultConfig });
});

test('what is given replaces its default, and nothing beside it', () => {
  const reading = readConfig(
    'image: us/havock8s:2\nresources: {faults: {limits: {}, requests: {cpu: 200m}}}\n',
  );
  assert.ok(reading.kind === 'config');
  const { faults } = reading.config.resources;
  assert.equal(reading.config.image, 'us/havock8s:2');
  assert.deepEqual(faults.limits, {});
  assert.deepEqual(faults.requests, { cpu: '200m', memory: defaultConfig.resources.faults.requests.memory });
  assert.deepEqual(reading.config.resources.mount, defaultConfig.resources.mount);
});

const isValid = new Ajv2020({ strict: true }).compile(z.toJSONSchema(configSchema));

test('the schema as JSON Schema takes what is written and what is left out', () => {
  assert.ok(isValid(defaultConfig), JSON.stringify(isValid.errors));
  assert.ok(isValid({}));
  assert.ok(isValid({ ...defaultConfig, podSelector: { matchLabels: { app: 'pg' } } }));
});

for (const [text, problems] of [
  ['imagee: a', [{ line: 1, message: 'the configuration has no field "imagee"; did you mean "image"?' }]],
  ['- a', [{ line: 1, message: 'the configuration is a list of 1; expected fields' }]],
  [
    'image: a\nlogLevel: loud',
    [{ line: 2, message: 'logLevel is "loud"; expected one of debug, info, warn, error' }],
  ],
  [
    'resources:\n  faults:\n    limits:\n      cpu: 0\n      memory: "0"\n',
    [
      {
        line: 4,
        message: 'resources.faults.limits.cpu is 0; expected a quantity above zero such as 64Mi or 500m',
      },
      {
        line: 5,
        message: 'resources.faults.limits.memory is "0"; expected a quantity above zero such as 64Mi or 500m',
      },
    ],
  ],
  [
    'podSelector: {matchExpressions: [{key: a, operator: Is}]}',
    [
      {
        line: 1,
        message:
          'podSelector.matchExpressions[0].operator is "Is"; expected one of In, NotIn, Exists, DoesNotExist',
      },
    ],
  ],
  [
    'podSelector: {matchExpressions: [{values: [1]}]}',
    [
      { line: 1, message: 'podSelector.matchExpressions[0].key is missing; expected text' },
      {
        line: 1,
        message:
          'podSelector.matchExpressions[0].operator is missing; expected one of In, NotIn, Exists, DoesNotExist',
      },
      { line: 1, message: 'podSelector.matchExpressions[0].values[0] is 1; expected text' },
    ],
  ],
  [
    'readOnlyPort: off',
    [{ line: 1, message: 'readOnlyPort is "off"; expected a port from 1 to 65535, or none' }],
  ],
  ['podSelector: all', [{ line: 1, message: 'podSelector is "all"; expected fields or null' }]],
  [
    'logLevl: info\nopenControl: "yes"\nresources: {mount: {memoryPerVolume: 1Mi}}\nimage: a b',
    [
      { line: 1, message: 'the configuration has no field "logLevl"; did you mean "logLevel"?' },
      { line: 2, message: 'openControl is "yes"; expected true or false' },
      {
        line: 3,
        message: 'resources.mount has no field "memoryPerVolume"; known are requests, limits, guaranteed',
      },
      { line: 4, message: 'image is "a b"; expected the name of an image such as localhost/havock8s:0.1.0' },
    ],
  ],
] as const) {
  test(`${JSON.stringify(text)} is told what is wrong, and where`, () => {
    assert.deepEqual(readConfig(text), { kind: 'problems', problems });
  });

  test(`${JSON.stringify(text)} is refused by the schema as JSON Schema, too`, () => {
    assert.equal(isValid(parse(text)), false);
  });
}

for (const text of ['a: [', 'a: b: c', 'image: a\nimage: b', '*nobody', '"', '%']) {
  test(`${JSON.stringify(text)} is not YAML, and says so`, () => {
    const reading = readConfig(text);
    assert.ok(reading.kind === 'problems' && reading.problems.length > 0);
  });
}

test('an alias bomb is refused in bounded time', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [before, letter] of [...'abcdefghi'].map(
    (letter, index, all) => [letter, all[index + 1]] as const,
  ))
    if (letter !== undefined)
      bomb.push(`${letter}: &${letter} [${new Array(10).fill(`*${before}`).join(',')}]`);
  const reading = readConfig(bomb.join('\n'));
  assert.equal(reading.kind, 'problems');
});
