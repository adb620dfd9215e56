/** What an alias stood for it stands for still, though its anchor changes: in every place one can be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from 'fast-json-patch';
import { patchedText } from './patched-text.js';

const replace = (path: string, value: unknown): Operation => ({ op: 'replace', path, value });

const cases: Readonly<Record<string, readonly [text: string, operation: Operation, result: string]>> = {
  'an anchored list that grows': [
    'a: &x\n  - 1\nb: *x # as a\n',
    { op: 'add', path: '/a/-', value: 2 },
    'a: &x\n  - 1\n  - 2\nb: # as a\n  - 1\n',
  ],
  'the alias itself': [
    'a: &x {k: 1}\nb: *x\n',
    { op: 'add', path: '/b/l', value: 2 },
    'a: &x {k: 1}\nb:\n  k: 1\n  l: 2\n',
  ],
  'an alias in a list': [
    'a: &x {k: v}\nb:\n  - *x\n  - c\n',
    replace('/a/k', 'w'),
    'a: &x {k: w}\nb:\n  - k: v\n  - c\n',
  ],
  'an alias between brackets': [
    'a: &x {k: v}\nb: [*x, c]\n',
    replace('/a/k', 'w'),
    'a: &x {k: w}\nb: [{k: v}, c]\n',
  ],
  'an anchored scalar': ['a: &x v\nb: *x\n', replace('/a', 'w'), 'a: &x w\nb: v\n'],
  'an anchor within what is removed': ['a:\n  k: &x v\nb: *x\n', { op: 'remove', path: '/a' }, 'b: v\n'],
  'a merge key': [
    'a: &x {k: v}\nb:\n  <<: *x\n  l: 1\n',
    replace('/a/k', 'w'),
    'a: &x {k: w}\nb:\n  <<: {k: v}\n  l: 1\n',
  ],
  'several merged maps': [
    'a: &x {k: v}\nb: &y {l: v}\nc:\n  <<: [*x, *y]\n',
    replace('/b/l', 'w'),
    'a: &x {k: v}\nb: &y {l: w}\nc:\n  <<: [*x, {l: v}]\n',
  ],
  'what a merge key brought in': [
    'a: &x {k: v}\nb:\n  <<: *x\n  l: 1\n',
    replace('/b/k', 'w'),
    'a: &x {k: v}\nb:\n  <<: *x\n  l: 1\n  k: w\n',
  ],
  'what a merge key brought in, and is to go': [
    'a: &x {k: v}\nb:\n  <<: *x\n  l: 1\n',
    { op: 'remove', path: '/b/k' },
    'a: &x {k: v}\nb:\n  l: 1\n',
  ],
  'an anchor of the same name given again': [
    'a: &x 1\nb: *x\nc: &x 2\nd: *x\n',
    replace('/c', 3),
    'a: &x 1\nb: *x\nc: &x 3\nd: 2\n',
  ],
  'what no alias is to': ['a: &x {k: v}\nb: *x\nc: 1\n', replace('/c', 2), 'a: &x {k: v}\nb: *x\nc: 2\n'],
};

for (const [name, [text, operation, result]] of Object.entries(cases)) {
  test(`${name} changes alone`, () => assert.equal(patchedText(text, [operation]), result));
}
