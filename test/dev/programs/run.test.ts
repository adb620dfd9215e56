import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../dev/programs/run.js';

const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const { signal } = new AbortController();

test('a program that fails is told by its last words', async () => {
  const failing = run('sh', ['-c', 'echo no room >&2; exit 3'], { user, signal });
  await assert.rejects(failing, { code: 'program.failed', message: 'sh failed (exit code 3): no room' });
});

test('a program that is not there is told', async () => {
  const missing = run('/nowhere/initdb', [], { user, signal });
  await assert.rejects(missing, { code: 'program.failed', message: /^initdb failed .*ENOENT/ });
});

/** Takes its time to end, and leaves `gone` when it does. */
const slow = `
  trap 'sleep 0.2; : > "$0/gone"; exit 1' TERM
  : > "$0/ready"
  while :; do sleep 0.01; done`;

test('a program that is called off is gone before anybody hears of it', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'run-program-'));
  const stop = new AbortController();
  const watcher = watch(folder, (_, name) => {
    if (name === 'ready') stop.abort();
  });
  try {
    const running = run('sh', ['-c', slow, folder], {
      user,
      signal: stop.signal,
    });
    await assert.rejects(running, { code: 'program.failed' });
    assert.ok(existsSync(join(folder, 'gone')));
  } finally {
    watcher.close();
    rmSync(folder, { recursive: true });
  }
});
