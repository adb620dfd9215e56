import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { imageLoader, loaderVariable } from '../../../dev/cluster/foreign-cluster.js';

test('the loader of images follows from the context', () => {
  const texts = ['kind-dev', 'k3d-dev', 'minikube'].map((context) => imageLoader(context, {})?.text);
  assert.deepEqual(texts, ['kind load image-archive', 'k3d image import', 'minikube image load']);
});

test('nodes of a cluster that nobody knows pull their images themselves', () => {
  assert.equal(imageLoader('production', {}), null);
});

test("a command of one's own goes before, and gets the archive", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-loader-'));
  try {
    const archive = join(folder, 'image.tar');
    writeFileSync(archive, 'layers');
    const own = `cp "$1" ${folder}/loaded`;
    await imageLoader('kind-dev', { [loaderVariable]: own })?.load(archive);
    assert.equal(readFileSync(join(folder, 'loaded'), 'utf8'), 'layers');
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.ok(!existsSync(folder));
});

test('a loader that fails is quoted', async () => {
  const loader = imageLoader('any', { [loaderVariable]: 'echo no space >&2; exit 3' });
  await assert.rejects(async () => loader?.load('image.tar'), /does not take image\.tar: no space/);
});
