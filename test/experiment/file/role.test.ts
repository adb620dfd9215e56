import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { readBySchema } from '../../../core/read-by-schema.js';
import { roleSchema } from '../../../experiment/file/role.js';

const read = (text: string): unknown => {
  const reading = readBySchema(text, { schema: roleSchema, whole: 'the role' });
  return reading.kind === 'value'
    ? reading.value
    : reading.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

test('the short form has every default', () => {
  assert.deepEqual(read('{ is: primary }'), { is: 'primary', by: 'auto', follow: false });
  assert.deepEqual(read('{ is: leader, follow: true }'), { is: 'leader', by: 'auto', follow: true });
});

test('the database, as it is asked', () => {
  const text = `
is: replica
by: database
database:
  kind: postgres
  user: app
  passwordSecret: { name: pg-app, key: password }
  tls: { caSecret: { name: pg-ca, key: ca.crt }, serverName: pg-rw }
`;
  assert.deepEqual(read(text), {
    is: 'replica',
    by: 'database',
    follow: false,
    database: {
      kind: 'postgres',
      user: 'app',
      passwordSecret: { name: 'pg-app', key: 'password' },
      tls: { caSecret: { name: 'pg-ca', key: 'ca.crt' }, serverName: 'pg-rw', insecureSkipVerify: false },
    },
  });
});

const refused: readonly (readonly [string, readonly string[]])[] = [
  ['{}', ['1:1 is is missing; expected one of primary, replica, leader (another word for primary), any']],
  [
    '{ is: master }',
    ['1:7 is is "master"; expected one of primary, replica, leader (another word for primary), any'],
  ],
  [
    '{ is: primary, by: database }',
    [
      '1:20 by: the database is to be asked, and nothing says how; add database: { kind: postgres, user: app }',
    ],
  ],
  [
    '{ is: primary, preset: patroni, label: { key: role, primary: primary } }',
    ['1:40 label: beside preset; expected one of preset, label'],
  ],
  [
    '{ is: primary, by: operator, preset: patroni }',
    ['1:38 preset: of no use where by is operator; leave it out, or say by: label'],
  ],
  [
    '{ is: primary, database: { kind: postgres } }',
    ['1:26 database: does not say who asks; expected user, an account of the database'],
  ],
  [
    '{ is: primary, database: { kind: mongodb, user: app } }',
    ['1:49 database.user: MongoDB says its role to everybody; leave it out'],
  ],
  [
    '{ is: primary, database: { kind: redis, database: app } }',
    ['1:51 database.database: only PostgreSQL is asked in one of its databases'],
  ],
  [
    '{ is: primary, database: { kind: redis, prot: 6379 } }',
    ['1:47 database has no field "prot"; did you mean "port"?'],
  ],
  [
    '{ is: primary, label: { key: "a b", primary: "x" } }',
    ['1:30 label.key is "a b"; expected the key of a label, such as cnpg.io/instanceRole'],
  ],
];

for (const [text, problems] of refused)
  test(`refused with its place and a way out: ${text}`, () => assert.deepEqual(read(text), problems));

test('its schema is structural: no field is of two types', () => {
  const text = JSON.stringify(z.toJSONSchema(roleSchema, { io: 'input', target: 'draft-7' }));
  assert.doesNotMatch(text, /"(anyOf|oneOf|allOf|\$ref)"/);
});
