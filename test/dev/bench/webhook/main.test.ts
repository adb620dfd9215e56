import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkTools } from '../../../../dev/bench/webhook/tools.js';

const main = fileURLToPath(new URL('../../../../dev/bench/webhook/main.js', import.meta.url));
const bench = (...args: readonly string[]) => promisify(execFile)(process.execPath, [main, ...args]);

/** The bench says itself what it needs. */
function lacking(): string | false {
  try {
    checkTools();
    return false;
  } catch (error) {
    return `missing: ${error instanceof Error ? error.message : error}`;
  }
}

test('a quick bench writes its table and its JSON, and leaves nothing', { skip: lacking() }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-test-'));
  try {
    const json = join(directory, 'results.json');
    const chosen = ['--only', 'inject,faults-p99,heap-growth', '--directory', directory];
    const { stdout } = await bench('--quick', ...chosen, '--json', json);
    assert.match(
      stdout,
      /^inject, 12 KiB, 64 connections +reviews\/s .* to .*> 3000 reviews\/s: (NOT )?met$/im,
    );
    const results: readonly { work: string; subjects: Record<string, number | null> }[] = JSON.parse(
      await readFile(json, 'utf8'),
    );
    const ofOurs = (name: string) => results.find(({ work }) => work === name)?.subjects['ours'] ?? 0;
    for (const name of [
      'inject',
      'inject-queued-p99',
      'inject-processor',
      'faults-p99',
      'heap-100k',
      'resident-10k',
    ])
      assert.ok(ofOurs(name) > 0, name);
    assert.ok(results.find(({ work }) => work === 'inject')!.subjects['compare']! > 0);
    assert.equal(results.find(({ work }) => work === 'faults-p99')!.subjects['compare'], null);
    assert.deepEqual(await readdir(directory), ['results.json']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('a wrong option ends the bench with 2 and the usage', async () => {
  await assert.rejects(bench('--fast'), { code: 2, stderr: /npm run bench:webhook .*--subjects NAME/s });
});
