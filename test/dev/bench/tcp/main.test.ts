import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkTools } from '../../../../dev/bench/tcp/tools.js';

const main = fileURLToPath(new URL('../../../../dev/bench/tcp/main.js', import.meta.url));
const bench = (...args: readonly string[]) => promisify(execFile)(process.execPath, [main, ...args]);
const namespaces = (): string => spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout;

/** The bench says itself what it needs; and a container's root may make no namespaces. */
function lacking(): string | false {
  try {
    checkTools(['direct', 'haproxy']);
  } catch (error) {
    return `missing: ${error instanceof Error ? error.message : error}`;
  }
  const made = spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status === 0;
  return made ? false : 'missing: the right to make network namespaces';
}

test('a quick bench writes its tables and its JSON, and leaves nothing', { skip: lacking() }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-test-'));
  try {
    const json = join(directory, 'results.json');
    const chosen = ['--subjects', 'direct,haproxy', '--only', 'idle-connection,redis-1'];
    const { stdout } = await bench('--quick', ...chosen, '--directory', directory, '--json', json);
    assert.match(stdout, /^Redis GET, 1 client: p99 .* ms$/m);
    const results: readonly { work: string; subjects: Record<string, number> }[] = JSON.parse(
      await readFile(json, 'utf8'),
    );
    const [memory, rate] = results;
    assert.ok(memory!.subjects['haproxy']! > 0);
    assert.ok(rate!.subjects['direct']! > 0);
    assert.deepEqual(
      results.map(({ work }) => work),
      ['idle-connection', 'redis-1', 'redis-1-p50', 'redis-1-p99'],
    );
    assert.deepEqual(await readdir(directory), ['results.json']);
    assert.doesNotMatch(namespaces(), /^havock8s-bench-/m);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('a wrong option ends the bench with 2 and the usage', async () => {
  await assert.rejects(bench('--fast'), { code: 2, stderr: /npm run bench:tcp .*--subjects NAME/s });
});
