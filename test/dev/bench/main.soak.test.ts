/** Each bench in quick, of little: it writes its table and its JSON, and leaves nothing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { diskBench } from '../../../dev/bench/disk/disk-bench.js';
import type { Result } from '../../../dev/bench/results.js';
import { tcpBench } from '../../../dev/bench/tcp/tcp-bench.js';
import { webhookBench } from '../../../dev/bench/webhook/webhook-bench.js';

const main = fileURLToPath(new URL('../../../dev/bench/main.js', import.meta.url));
const bench = (...args: readonly string[]) => execa('node', [main, ...args], { timeout: 120_000 });

async function quickBench(t: TestContext, name: string, ...args: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const json = join(directory, 'results.json');
  const running = bench(name, '--quick', '--directory', directory, '--json', json, ...args);
  const { stdout } = await running;
  const results: readonly Result[] = JSON.parse(readFileSync(json, 'utf8'));
  assert.deepEqual(readdirSync(directory), ['results.json']);
  const value = (metric: string, target: string) =>
    results.find((one) => one.metric === metric)?.targets[target];
  return { stdout, results, value, pid: running.pid };
}

/** The bench says itself what it needs. */
function lacking(check: (targets: readonly string[]) => void, targets: readonly string[]): string | false {
  try {
    check(targets);
    return false;
  } catch (error) {
    return `missing: ${error instanceof Error ? error.message : error}`;
  }
}

test('disk', { skip: lacking(diskBench.check, ['bare']) }, async (t) => {
  const { stdout, results, value } = await quickBench(
    t,
    'disk',
    '--targets',
    'bare',
    '--only',
    'small-files',
  );
  assert.match(stdout, /create, stat, unlink small files +files\/s/);
  assert.deepEqual(
    results.map(({ metric }) => metric),
    ['small-files'],
  );
  assert.ok(value('small-files', 'bare')! > 0);
});

/** A container's root may make no namespaces. */
const mayMakeNamespaces = spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status === 0;
const lackingTcp = mayMakeNamespaces
  ? lacking(tcpBench.check, ['direct', 'haproxy'])
  : 'missing: the right to make network namespaces';

test('tcp', { skip: lackingTcp }, async (t) => {
  const chosen = ['--targets', 'direct,haproxy', '--only', 'idle-connection,redis-1'];
  const { stdout, results, value, pid } = await quickBench(t, 'tcp', ...chosen);
  assert.match(stdout, /^Redis GET, 1 client: p99 .* ms$/m);
  assert.ok(value('idle-connection', 'haproxy')! > 0);
  assert.ok(value('redis-1', 'direct')! > 0);
  assert.deepEqual(
    results.map(({ metric }) => metric),
    ['idle-connection', 'redis-1', 'redis-1-p50', 'redis-1-p99'],
  );
  const namespaces = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout;
  assert.doesNotMatch(namespaces, new RegExp(`^havock8s-bench-${pid}-`, 'm'));
});

test('webhook', { skip: lacking(webhookBench.check, []) }, async (t) => {
  const { stdout, value } = await quickBench(t, 'webhook', '--only', 'inject,faults-p99,heap-growth');
  const row = /^inject, 12 KiB, 64 connections +reviews\/s .* to .*> 3000 reviews\/s: (NOT )?met$/im;
  assert.match(stdout, row);
  for (const metric of [
    'inject',
    'inject-queued-p99',
    'inject-processor',
    'faults-p99',
    'heap-100k',
    'resident-10k',
  ])
    assert.ok(value(metric, 'ours')! > 0, metric);
  assert.ok(value('inject', 'compare')! > 0);
  assert.equal(value('faults-p99', 'compare'), null);
});

test('a wrong option ends a bench with 2 and the usage', async () => {
  for (const name of ['disk', 'tcp', 'webhook']) {
    const { exitCode, stderr } = await bench(name, '--fast').catch((error) => error);
    assert.equal(exitCode, 2);
    assert.match(stderr, new RegExp(`npm run bench:${name} .*--targets NAME`, 's'));
  }
});
