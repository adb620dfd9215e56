/** What comes out is read by kubectl itself as what went in, and as what we read of it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needs } from '../../needs.js';
import { temporaryFolders } from '../temporary-folders.js';
import { injected, readManifest, uninjected } from './changed.js';
import { dialect } from './dialect.js';

const skip = needs('kubectl');
const folder = 'test/cli/inject/golden';

/** As kubectl reads it, without asking a server. It splits documents itself, and takes no directive before the first. */
function asKubectlReads(t: TestContext, text: string): readonly unknown[] {
  const root = temporaryFolders(t);
  writeFileSync(join(root, 'm.yaml'), text.replace(/^%YAML.*\n/, ''));
  writeFileSync(join(root, 'kustomization.yaml'), 'resources: [m.yaml]\n');
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', root], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(status, 0, stderr);
  return readManifest(stdout).documents.map(({ value }) => value);
}

const resources = (text: string): readonly unknown[] =>
  readManifest(text).documents.flatMap(({ value }) => {
    const items = (value as { readonly items?: readonly unknown[] } | null)?.items;
    return items ?? (value === null ? [] : [value]);
  });

/** kustomize orders by kind and name. */
const sorted = (values: readonly unknown[]): readonly string[] => values.map(canonical).toSorted();

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );

for (const name of readdirSync(folder).filter((file) => file.endsWith('.manifest'))) {
  test(`kubectl reads ${name} injected as we do, and uninjected as it was`, { skip }, (t) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const result = injected(text).text;
    assert.deepEqual(sorted(asKubectlReads(t, result)), sorted(resources(result)));
    assert.deepEqual(asKubectlReads(t, uninjected(result).text), asKubectlReads(t, text));
  });
}

/** kubectl apply reads by another library than kustomize: what `-f` gives is printed back by a command that asks no server. */
function asKubectlApplies(t: TestContext, text: string): unknown {
  const file = join(temporaryFolders(t), 'm.yaml');
  writeFileSync(file, text);
  const annotate = ['annotate', '--local', '-f', file, 'seen=by-kubectl', '-o', 'json'];
  const { status, stdout, stderr } = spawnSync('kubectl', annotate, {
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(status, 0, stderr);
  return (JSON.parse(stdout) as { readonly data: unknown }).data;
}

for (const [name, text] of Object.entries(dialect)) {
  test(`kubectl reads ${name} as we do`, { skip }, (t) => {
    const ours = readManifest(text).documents[0]?.value as { readonly data: unknown };
    assert.equal(canonical(ours.data), canonical(asKubectlApplies(t, text)));
  });
}
