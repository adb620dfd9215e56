/** The Dockerfile against the tree: what an engine would find out, and what it would not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const dockerfile = readFileSync('Dockerfile', 'utf8').replace(/\\\n\s*/g, '');
const stages = dockerfile.split(/^FROM /m).slice(1);
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { include: productFolders } = JSON.parse(readFileSync('tsconfig.product.json', 'utf8'));

test('of the folders of this tree the image is built from those of the product alone', () => {
  const ignored = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const tracked = spawnSync('git', ['-c', 'safe.directory=*', 'ls-files'], { encoding: 'utf8' });
  const folders = new Set(tracked.stdout.split('\n').flatMap((path) => /^([^/]+)\//.exec(path)?.[1] ?? []));
  assert.deepEqual(
    [...folders].filter((folder) => !ignored.includes(folder)).toSorted(),
    productFolders.toSorted(),
  );
  for (const built of ['.git', 'build', 'dist', 'node_modules']) assert.ok(ignored.includes(built), built);
});

test('of the tools of this tree the image is given those that build it, and all that they import', () => {
  const kept = [...readFileSync('.dockerignore', 'utf8').matchAll(/^!(dev\/.+\.ts)$/gm)].map(
    ([, path]) => path,
  );
  assert.ok(kept.length > 0);
  const needed = kept.flatMap((path = '') =>
    [...readFileSync(path, 'utf8').matchAll(/^(?:import|\} from).*'(\.[^']+)\.js';$/gm)].map(
      ([, name = '']) => join(dirname(path), `${name}.ts`),
    ),
  );
  assert.ok(needed.length > 0);
  const lacking = needed.filter((path) => path.startsWith('dev/') && !kept.includes(path));
  assert.deepEqual(lacking, []);
});

test('each stage that is copied from is named', () => {
  const names = new Set([...dockerfile.matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, name]) => name));
  const used = [...dockerfile.matchAll(/--from=(\w+)/g)].map(([, name]) => name);
  assert.ok(used.length > 0);
  for (const name of used) assert.ok(names.has(name), name);
});

test('the image runs the command havock8s as a user that is not root, told by number', () => {
  const last = stages.at(-1) ?? '';
  assert.match(last, /^USER [1-9]\d*:[1-9]\d*$/m);
  assert.match(last, /^ENTRYPOINT \["havock8s"\]$/m);
  const [name = '', file = ''] = Object.entries<string>(manifest.bin)[0] ?? [];
  assert.match(last, new RegExp(`ln -s /opt/havock8s/${file} /usr/local/bin/${name}\\b`));
  assert.match(readFileSync(file.replace(/^build\/(.*)\.js$/, '$1.ts'), 'utf8'), /^#!\/usr\/bin\/env node\n/);
});

test('the image has what the TCP proxy runs, no package for development, and says its version', () => {
  assert.match(stages.at(-1) ?? '', /apt-get install [^&]*\bnftables iproute2\b/);
  assert.match(dockerfile, /npm ci --omit=dev/);
  assert.ok(dockerfile.includes(`ARG VERSION=${manifest.version}\n`));
  assert.doesNotMatch(stages.at(-1) ?? '', /--from=compiled \S*node_modules/);
});
