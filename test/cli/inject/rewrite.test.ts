/** Where a change goes in a text, case by case. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from 'fast-json-patch';
import { changePods } from '../../../cli/manifests/change-pods.js';
import { hasCode } from '../../../core/havoc-error.js';
import { readManifest } from './changed.js';
import { patchedText } from './patched-text.js';

const add = (path: string, value: unknown): Operation => ({ op: 'add', path, value });
const remove = (path: string): Operation => ({ op: 'remove', path });
const replace = (path: string, value: unknown): Operation => ({ op: 'replace', path, value });

const cases: Readonly<Record<string, readonly [text: string, operation: Operation, result: string]>> = {
  'a key after the last line of its map, and before what comes behind': [
    'a:\n  b: 1 # one\n  # of a\n\nc: 2\n',
    add('/a/d', 3),
    'a:\n  b: 1 # one\n  d: 3\n  # of a\n\nc: 2\n',
  ],
  'an item above the comments of the next': [
    'a:\n  # one\n  - 1\n  # two\n  - 2\n',
    add('/a/1', 'x'),
    'a:\n  # one\n  - 1\n  - x\n  # two\n  - 2\n',
  ],
  'a list where there was nothing, behind the comment of its key': [
    'a: # none yet\nb: 1\n',
    replace('/a', [1]),
    'a: # none yet\n  - 1\nb: 1\n',
  ],
  'a map where there was an empty one': ['a: {}\n', add('/a/b', 1), 'a:\n  b: 1\n'],
  'a list that is emptied': ['a:\n  - 1\nb: 2\n', remove('/a/0'), 'a: []\nb: 2\n'],
  'the first key of an item': ['a:\n  - b: 1\n    c: 2\n', remove('/a/0/b'), 'a:\n  - c: 2\n'],
  'a scalar keeps its quotes': ['a: \'x\'\nb: "y"\n', replace('/a', "it's"), "a: 'it''s'\nb: \"y\"\n"],
  'text that looks like a number gets quotes': ['a: x\n', replace('/a', '0644'), 'a: "0644"\n'],
  'text that only kubectl takes for a number gets quotes': ['a: x\n', replace('/a', '0o17'), 'a: "0o17"\n'],
  'an item of an item': ['a:\n  - - 1\n    - 2\n', add('/a/0/0', 0), 'a:\n  - - 0\n    - 1\n    - 2\n'],
  'after text that keeps its blank lines': [
    'a:\n  b: |+\n    x\n\nc: 1\n',
    add('/a/d', 2),
    'a:\n  b: |+\n    x\n\n  d: 2\nc: 1\n',
  ],
  'a text without an end to its last line': ['a: 1', add('/b', 2), 'a: 1\nb: 2'],
  'JSON by tabs': [
    '{\n\t"a": [\n\t\t1\n\t]\n}\n',
    add('/a/1', { b: 2 }),
    '{\n\t"a": [\n\t\t1,\n\t\t{\n\t\t\t"b": 2\n\t\t}\n\t]\n}\n',
  ],
  'JSON on one line without a space': [
    '{"a":[1],"b":{}}',
    add('/b/c', [2, 'x']),
    '{"a":[1],"b":{"c":[2,"x"]}}',
  ],
  'numbers that JavaScript has not are not touched': [
    '{"a": 12345678901234567890, "b": 1}',
    replace('/b', 2),
    '{"a": 12345678901234567890, "b": 2}',
  ],
};

for (const [name, [text, operation, result]] of Object.entries(cases)) {
  test(name, () => assert.equal(patchedText(text, [operation]), result));
}

test('what would come to mean something else is refused', () => {
  const file = readManifest('apiVersion: v1\nkind: Pod\na: [b: 1]\n');
  const change = () => changePods(file, { workload: () => ({ operations: [add('/a/0/c', 2)] }) });
  assert.throws(change, (error) => hasCode(error, 'manifests.not-rewritable'));
});
