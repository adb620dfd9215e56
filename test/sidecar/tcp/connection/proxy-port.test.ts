import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./slow-start-main.js', import.meta.url));

test('a proxy that is slow to start, as on a node that starts many pods, is waited for', () => {
  const { stdout } = spawnSync(process.execPath, [program], { encoding: 'utf8', timeout: 60_000 });
  assert.equal(stdout, 'taken\n');
});
