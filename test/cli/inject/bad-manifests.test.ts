/** What is not a manifest is told by its place, whatever it is, and soon. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeUtf8 } from '../../../cli/manifests/decode-utf8.js';
import { manifestLimits } from '../../../cli/manifests/manifest-limits.js';
import { parseManifests } from '../../../cli/manifests/parse-manifests.js';
import { readFiles } from '../../../cli/manifests/read-files.js';
import { temporaryFolders } from '../temporary-folders.js';
import { injected, readManifest, uninjected } from './changed.js';
import { dialect } from './dialect.js';

const statefulSet = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  template:
    metadata:
      labels: {app: db}
    spec:
      containers:
        - name: db
          ports: [{containerPort: 5432}]
`;

const letters = [...'abcdefghi'];
const bomb = letters.map((letter, index) => {
  const item = index === 0 ? 'x' : `*${letters[index - 1]}`;
  return `${letter}: &${letter} [${Array.from({ length: 9 }, () => item).join(', ')}]\n`;
});

const bad: Readonly<Record<string, readonly [text: string, says: RegExp]>> = {
  'a tab as indentation': ['a:\n\tb: 1\n', /^m:2:1: Tabs/],
  'a bracket that is not closed': ['a: [1,\nb: 2\n', /^m:\d:\d: /],
  'two JSON values without a separator': ['{"a":1}\n{"b":2}\n', /^m:2:1: /],
  'a list': ['- a\n', /^m:1:1: a manifest is an object, and this is a list$/],
  'a scalar in the second document': [
    'a: 1\n---\ntext\n',
    /^m:3:1: a manifest is an object, and this is a scalar$/,
  ],
  'an alias without its anchor': ['a: *b\n', /^m:1:1: .*alias/],
  'an alias that leads into itself': ['a: &a [*a]\n', /^m:1:1: an alias leads into itself$/],
  'aliases that multiply': [bomb.join(''), /^m:1:1: Excessive alias count/],
  'a merge of what is not a map': ['a: {<<: 5}\n', /^m:1:1: Merge/],
  'too many levels of brackets': [`a: ${'['.repeat(100_000)}`, /^m:1:\d+: nested deeper than 256 levels$/],
  'too many levels of dashes': ['- '.repeat(100_000), /nested deeper/],
  'too many aliases': [
    `a: &a 1\n${Array.from({ length: 1001 }, (_, index) => `b${index}: *a\n`).join('')}`,
    /more than 1000 aliases$/,
  ],
  'too many documents': ['---\na: 1\n'.repeat(manifestLimits.documents + 1), /more than 10000 documents$/],
};

for (const [name, [text, says]] of Object.entries(bad)) {
  test(`${name} is told by its line and column`, () => {
    const parsed = parseManifests({ name: 'm', path: null, text });
    assert.equal(parsed.kind, 'problems');
    const told = parsed.kind === 'problems' ? parsed.problems : [];
    assert.match(told.map(({ subject, message }) => `${subject}: ${message}`)[0] ?? '', says);
    assert.ok(told.length <= manifestLimits.problems);
  });
}

test('what is read is what kubectl reads: octal, yes and on, but no dates and no sexagesimals', () => {
  const [document] = readManifest(
    'a: 0644\nb: yes\nc: 2001-12-14\nd: 10:20\ne: !own x\n<<: {f: 1}\n',
  ).documents;
  assert.deepEqual(document?.value, { a: 420, b: true, c: '2001-12-14', d: '10:20', e: 'x', f: 1 });
});

for (const [name, text] of Object.entries(dialect)) {
  test(`${name} is read, and injection keeps the text around it`, () => {
    const again = `${text}---\n${statefulSet}`;
    const { text: result, file } = injected(again);
    assert.ok(result.startsWith(text));
    assert.notEqual(result, again);
    assert.equal(uninjected(result).text, again);
    assert.equal(file.oddities.length, name.startsWith('a key given twice') ? 1 : 0);
  });
}

test('a key that stands twice is told by its place, and the last one holds, as for kubectl', () => {
  const { documents, oddities } = readManifest('a: 1\nb: 2\na: 3\n');
  assert.deepEqual(documents[0]?.value, { a: 3, b: 2 });
  assert.deepEqual(oddities, [
    { subject: 'm.yaml:3:1', message: 'this key stands here a second time; kubectl takes the last one' },
  ]);
});

test('as many documents as are allowed are read', () => {
  assert.equal(
    readManifest('---\na: 1\n'.repeat(manifestLimits.documents)).documents.length,
    manifestLimits.documents,
  );
});

test('the bound on size is that of one file: many files may be larger together', async (t) => {
  const root = temporaryFolders(t);
  const write = (name: string, bytes: number): string => {
    const path = join(root, name);
    writeFileSync(path, `# ${' '.repeat(bytes - 2)}`);
    return path;
  };
  const fitting = [1, 2, 3].map((index) => write(`${index}.yaml`, manifestLimits.bytes));
  assert.equal((await readFiles(fitting)).length, 3);
  const large = write('large.yaml', manifestLimits.bytes + 1);
  await assert.rejects(readFiles([...fitting, large]), { message: `${large}: more than 5 MiB` });
});

test('what is not UTF-8 is found by line and column', () => {
  const flaw = (...bytes: readonly number[]) =>
    decodeUtf8(Buffer.concat([Buffer.from('a: 1\nä: '), Buffer.from(bytes)]));
  assert.deepEqual(flaw(0xff, 0x20), { kind: 'not-utf8', line: 2, column: 4 });
  assert.deepEqual(flaw(0xe2, 0x82), { kind: 'not-utf8', line: 2, column: 4 });
  assert.deepEqual(flaw(0xe2, 0x82, 0xac), { kind: 'text', text: 'a: 1\nä: €' });
  assert.deepEqual(decodeUtf8(Buffer.from('a: 1', 'utf16le')), { kind: 'text', text: 'a\0:\0 \x001\0' });
});
