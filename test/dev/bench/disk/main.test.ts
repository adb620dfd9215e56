import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { needs } from '../../../needs.js';

const main = fileURLToPath(new URL('../../../../dev/bench/disk/main.js', import.meta.url));
const bench = (...args: readonly string[]) => promisify(execFile)(process.execPath, [main, ...args]);

test('a quick bench writes its table and its JSON, and leaves nothing', {
  skip: needs('root', 'fio'),
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-test-'));
  try {
    const json = join(directory, 'results.json');
    const chosen = ['--quick', '--subjects', 'bare', '--only', 'small-files', '--directory', directory];
    const { stdout } = await bench(...chosen, '--json', json);
    assert.match(stdout, /create, stat, unlink small files +files\/s/);
    const [result] = JSON.parse(await readFile(json, 'utf8'));
    assert.equal(result.work, 'small-files');
    assert.ok(result.subjects.bare > 0);
    assert.deepEqual(await readdir(directory), ['results.json']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('a wrong option ends the bench with 2 and the usage', async () => {
  await assert.rejects(bench('--fast'), { code: 2, stderr: /--subjects NAME/ });
});
