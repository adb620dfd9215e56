import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { inList, structuralSchema } from '../../../experiment/crd/structural-schema.js';
import { bothOrNeither, exactlyOne, needs } from '../../../experiment/file/field-rules.js';
import { durationOf } from '../../../experiment/file/texts.js';

const preserved = { 'x-kubernetes-preserve-unknown-fields': true };
const convert = (schema: z.ZodType) =>
  structuralSchema(schema, [], {
    documentation: () => undefined,
    keyOf: (_path, { required }) => (required?.includes('name') ? 'name' : undefined),
  });

const rows: Readonly<Record<string, readonly [z.ZodType, unknown]>> = {
  'a text has a bound, its own or the usual one': [z.string(), { type: 'string', maxLength: 16_384 }],
  'a text keeps its bounds and its pattern': [
    z.string().min(1).max(9).regex(/^a+$/),
    { type: 'string', minLength: 1, maxLength: 9, pattern: '^a+$' },
  ],
  'a whole number has the bounds that were written, and says them': [
    z.int().min(1).default(3),
    { description: 'At least 1. Usually 3.', type: 'integer', minimum: 1, default: 3 },
  ],
  'a bound that is excluded is said as OpenAPI 3.0 does': [
    z.number().gt(0),
    { description: 'At least 0.', type: 'number', minimum: 0, exclusiveMinimum: true },
  ],
  'one of a few': [z.enum(['a', 'b']), { type: 'string', enum: ['a', 'b'] }],
  'the one of a literal': [z.literal('a'), { type: 'string', enum: ['a'] }],
  'a duration is its pattern, and its default is as one writes it': [
    durationOf().prefault('30s'),
    {
      description: 'A duration such as 200ms. Usually 30s.',
      type: 'string',
      maxLength: 2048,
      pattern: '^([0-9]+(\\.[0-9]+)?(d|h|m|s|ms|us|ns))+$',
      default: '30s',
    },
  ],
  'a whole number or a text': [
    z.union([z.int().min(1).max(9), z.string().regex(/^all$/)]).default('all'),
    {
      description: 'Usually all.',
      'x-kubernetes-int-or-string': true,
      minimum: 1,
      maximum: 9,
      maxLength: 16_384,
      pattern: '^all$',
      default: 'all',
    },
  ],
  'any number or a text has no type that Kubernetes knows': [z.union([z.number(), z.string()]), preserved],
  'a strict object keeps what nobody knows, for whoever says so': [
    z.strictObject({ a: z.boolean().optional(), b: z.boolean() }),
    {
      type: 'object',
      ...preserved,
      required: ['b'],
      properties: { a: { type: 'boolean' }, b: { type: 'boolean' } },
    },
  ],
  'another object does not': [
    z.object({ a: z.boolean() }),
    { type: 'object', required: ['a'], properties: { a: { type: 'boolean' } } },
  ],
  'a field that is only there to be refused is none': [
    z.object({ a: z.never().optional() }),
    { type: 'object', properties: {} },
  ],
  'keys of any name': [
    z.record(z.string(), z.boolean()),
    { type: 'object', maxProperties: 64, additionalProperties: { type: 'boolean' } },
  ],
  'what a text is made into is nothing to the cluster': [
    z.string().max(5).transform(Number),
    { type: 'string', maxLength: 5 },
  ],
  'objects and lists are not made by default': [
    z.object({ l: z.array(z.boolean()).max(2).default([]), o: z.object({}).prefault({}) }),
    {
      type: 'object',
      properties: {
        l: { type: 'array', maxItems: 2, items: { type: 'boolean' } },
        o: { type: 'object', properties: {} },
      },
    },
  ],
  'a list whose items have names is a map by them': [
    z.array(z.object({ name: z.string().max(5) })),
    {
      type: 'array',
      maxItems: 256,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 5 } } },
    },
  ],
};

for (const [sentence, [schema, expected]] of Object.entries(rows))
  test(sentence, () => assert.deepEqual(convert(schema), expected));

test('rules of fields become rules in CEL, also where a field has the name of a word of CEL', () => {
  const bool = z.boolean().optional();
  const schema = z
    .strictObject({ for: bool, until: bool, rest: bool })
    .check(exactlyOne(['for', 'until'], 'how long'))
    .check(bothOrNeither(['until', 'rest'], 'so it is'))
    .check(needs('rest', 'for', 'is of for'))
    .transform((value) => value)
    .optional();
  assert.deepEqual(convert(schema)['x-kubernetes-validations'], [
    {
      rule: '[has(self.__for__), has(self.until)].exists_one(given, given)',
      message: 'does not say how long, or says it twice; expected exactly one of for, until',
    },
    {
      rule: 'has(self.until) == has(self.rest)',
      message: 'until and rest belong together: so it is',
    },
    { rule: '!has(self.rest) || has(self.__for__)', message: 'rest is of for; expected for' },
  ]);
});

test('what a structural schema cannot say is our mistake, and is told with its place', () => {
  const within = (schema: z.ZodType) => () => convert(z.object({ a: z.object({ b: schema }) }));
  assert.throws(within(z.tuple([z.string()])), /no choice of string: a\.b/);
  assert.throws(within(z.union([z.boolean(), z.string()])), /no choice of boolean or string: a\.b/);
  assert.throws(within(z.union([z.object({}), z.string()])), /no choice of object or string: a\.b/);
});

test('a part that would grow too large is taken as it comes', () => {
  const schema = z.object({ l: z.array(z.object({ a: z.string() })).max(3) });
  const isOpaque = (path: readonly string[]): boolean => path.join('.') === `l.${inList}`;
  assert.deepEqual(structuralSchema(schema, [], { documentation: ([, ...more]) => more.join(), isOpaque }), {
    type: 'object',
    required: ['l'],
    properties: { l: { type: 'array', maxItems: 3, items: { type: 'object', ...preserved } } },
  });
});
