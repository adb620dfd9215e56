/** Thousands of operations that wait at once, and all come back. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needs } from '../../../needs.js';
import { withMount } from '../mounted-disk.js';
import { until } from '../until.js';

const program = fileURLToPath(new URL('./look-for-many.js', import.meta.url));
/** As many threads as libuv allows one process, less a few. */
const perProcess = 1000;

test('10,000 requests wait at once, the rest goes on, and each is answered in the end', {
  skip: needs('root', 'fuse'),
}, async (context) => {
  await withMount(async (disk) => {
    mkdirSync(join(disk.mount, 'held'));
    await disk.control.arm('ice', 'disk freeze on lookup in held/*');
    const lookers = Array.from({ length: 10 }, (_, index) => look(join(disk.mount, 'held'), index));
    await until(async () => (await disk.control.parking()).parked === 10 * perProcess, 60_000);
    mkdirSync(join(disk.mount, 'meanwhile'));
    const start = performance.now();
    await disk.control.disarm('ice');
    const answers = await Promise.all(lookers);
    context.diagnostic(`answered ${(performance.now() - start).toFixed(0)} ms after the word`);
    assert.deepEqual(answers, Array(10).fill(`ENOENT ${perProcess}\n`));
    assert.deepEqual(
      await disk.control.parking().then(({ parked, parkedOverflows }) => [parked, parkedOverflows]),
      [0, 0],
    );
  });
});

function look(directory: string, index: number): Promise<string> {
  const child = spawn(process.execPath, [program, directory, `${index}`, `${perProcess}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: `${perProcess}` },
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  return text(child.stdout);
}
