/** What package.json says, against the other files that say it too. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { nodeImage } from '../../dev/image/base-image.js';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const product = JSON.parse(readFileSync('tsconfig.product.json', 'utf8'));
const workflow = parse(readFileSync('.github/workflows/ci.yml', 'utf8'));
const matrix: readonly string[] = workflow.jobs.check.strategy.matrix.node;

test('what ships is what is built of the product alone, with no exception', () => {
  const { outDir } = product.compilerOptions;
  assert.deepEqual(manifest.files, [outDir]);
  for (const file of Object.values<string>(manifest.bin)) assert.ok(file.startsWith(`${outDir}/`), file);
  assert.equal(manifest.scripts.build, 'tsc && node dist/dev/jobs/run-build.js');
  assert.equal(manifest.scripts.prepack, 'npm run build');
});

test('in a clone `npx havock8s` runs what is compiled there, once any job has run', (t) => {
  // npx keeps a link to each folder that it ran in: here a cache of its own.
  const cache = mkdtempSync(join(tmpdir(), 'npx-'));
  t.after(() => rmSync(cache, { recursive: true }));
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', 'havock8s', '--version'], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, npm_config_cache: cache, npm_config_update_notifier: 'false' },
  });
  assert.deepEqual([status, stdout, stderr], [0, `${manifest.version}\n`, '']);
});

test('CI runs on the oldest Node.js that the package allows, and on that of the image', () => {
  assert.equal(manifest.engines.node, `>=${matrix[0]}`);
  const newest = matrix.at(-1);
  assert.equal(nodeImage, `docker.io/library/node:${newest}-bookworm-slim`);
  assert.ok(readFileSync('Dockerfile', 'utf8').includes(`ARG NODE_IMAGE=${nodeImage}\n`));
});

test('the jobs refuse an older Node.js than the package allows', () => {
  const [major, minor] = manifest.engines.node.slice('>='.length).split('.');
  const bound = `major > ${major} || (major == ${major} && minor >= ${minor})`;
  assert.ok(readFileSync('dev/jobs/run.sh', 'utf8').includes(bound));
});
