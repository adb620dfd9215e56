/** Any value, however it is written, changed in any way: the text says the new value, and keeps what did not change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import type { Operation } from 'fast-json-patch';
import { stringify } from 'yaml';
import { unifiedDiff } from '../../../cli/commands/inject/unified-diff.js';
import { kubernetesTags, parseManifests } from '../../../cli/manifests/parse-manifests.js';
import { applyEdits } from '../../../cli/manifests/rewrite/edits.js';
import { rewrite } from '../../../cli/manifests/rewrite/rewrite.js';
import { TracedValue } from '../../../cli/manifests/rewrite/traced-value.js';

const words = [
  'data',
  'yes',
  '0644',
  '',
  'a: b',
  '# no',
  '10:20',
  '{"a":"b\'c"}',
  'two\nlines',
  '0o7',
  '~',
  '- x',
  "it's",
];
const scalar = fc.oneof(
  fc.constantFrom(...words),
  fc.integer({ min: -5, max: 70_000 }),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(
    fc.constantFrom('name', 'a', 'b', 'x/y', 'containers', 'initContainers', '5432', 'on'),
    tie('value'),
    {
      maxKeys: 4,
      noNullPrototype: true,
    },
  ),
}));
const manifest = fc.dictionary(fc.constantFrom('spec', 'kind', 'b', 'x/y', 'containers'), value, {
  minKeys: 1,
  maxKeys: 4,
  noNullPrototype: true,
});

interface Way {
  readonly json: boolean;
  readonly indent: number;
  readonly indentSeq: boolean;
  readonly crlf: boolean;
  readonly flow: boolean;
  readonly comments: boolean;
  readonly ended: boolean;
}
const way: fc.Arbitrary<Way> = fc.record({
  json: fc.boolean(),
  indent: fc.constantFrom(0, 2, 4),
  indentSeq: fc.boolean(),
  crlf: fc.boolean(),
  flow: fc.boolean(),
  comments: fc.boolean(),
  ended: fc.boolean(),
});

function write(given: unknown, { json, indent, indentSeq, crlf, flow, comments, ended }: Way): string {
  let text = json
    ? `${JSON.stringify(given, null, indent)}\n`
    : stringify(given, {
        version: '1.1',
        customTags: kubernetesTags,
        indent: Math.max(indent, 2),
        indentSeq,
        collectionStyle: flow ? 'flow' : 'any',
        flowCollectionPadding: indent === 0,
      });
  if (comments && !json && !flow && !text.includes('|'))
    text = text.replaceAll(/^( *)([^\n]*[^\n"'])$/gm, '$1# about the next line\n$1$2 # here\n');
  if (!ended) text = text.replace(/\n$/, '');
  return crlf ? text.replaceAll('\n', '\r\n') : text;
}

/** One change of what is there: each number picks a place. */
function change(root: unknown, picks: readonly number[], fresh: unknown): Operation | null {
  let [at, path] = [root, ''];
  for (const pick of picks) {
    if (typeof at !== 'object' || at === null) break;
    const keys = Object.keys(at);
    const key = keys[pick % (keys.length + 1)];
    if (key === undefined) {
      const end = Array.isArray(at) ? String(pick % (at.length + 1)) : `new${pick}`;
      return { op: 'add', path: `${path}/${end}`, value: fresh };
    }
    path += `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    at = Reflect.get(at, key);
  }
  if (path === '') return null;
  return (picks[0] ?? 0) % 2 === 0 ? { op: 'replace', path, value: fresh } : { op: 'remove', path };
}

const changes = fc.array(fc.tuple(fc.array(fc.nat(7), { minLength: 1, maxLength: 5 }), value), {
  minLength: 1,
  maxLength: 5,
});

/**
 * yaml 2.9.1 refuses what is right: a key, a blank line, a comment at column 0, then the value, where another key follows.
 * `inject` says of such a manifest that it cannot be changed, and leaves it as it is.
 */
const misread = /:( +#[^\n]*)?\r?\n\r?\n#/;

test('the text says what the operations made of the value', () => {
  fc.assert(
    fc.property(manifest, way, changes, (given, how, wanted) => {
      const text = write(given, how);
      const parsed = parseManifests({ name: 'm', path: null, text });
      assert.equal(parsed.kind, 'parsed', text);
      const document = parsed.kind === 'parsed' ? parsed.file.documents[0] : undefined;
      assert.ok(document !== undefined);
      assert.deepEqual(document.value, given);
      const after = new TracedValue(document.tree.contents, document.value);
      for (const [picks, fresh] of wanted) {
        const operation = change(after.value, picks, fresh);
        if (operation !== null) after.patch([], [operation]);
      }
      const { edits } = rewrite({ text, tree: document.tree, before: document.value, after });
      const rewritten = applyEdits(text, edits);
      fc.pre(!misread.test(rewritten));
      const again = parseManifests({ name: 'm', path: null, text: rewritten });
      assert.equal(again.kind, 'parsed', `${text}\n=>\n${rewritten}\n${JSON.stringify(again)}`);
      if (again.kind === 'parsed')
        assert.deepEqual(again.file.documents[0]?.value, after.value, `${text}\n=>\n${rewritten}`);
      const diff = unifiedDiff({ file: parsed.kind === 'parsed' ? parsed.file : assert.fail(), edits });
      assert.equal(diff === '' ? text : applyPatch(text, diff), rewritten, diff);
      if (how.json) assert.deepEqual(JSON.parse(rewritten), after.value);
    }),
    { numRuns: 2000, includeErrorInReport: true },
  );
});
