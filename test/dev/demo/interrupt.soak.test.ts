import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needs } from '../../needs.js';

const main = fileURLToPath(new URL('../../../dev/demo/main.js', import.meta.url));

/** Where it keeps its things, by the variable that os.tmpdir() follows. */
async function interruptAt(
  line: RegExp,
): Promise<{ code: number | null; left: readonly string[]; mounts: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'demo-'));
  await chmod(directory, 0o755);
  const env = { ...process.env, TMPDIR: directory };
  const demo = spawn(process.execPath, [main], {
    cwd: directory,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const exit = once(demo, 'exit');
    for await (const said of createInterface({ input: demo.stdout })) {
      // To the whole process group, as a terminal does.
      if (line.test(said)) process.kill(-(demo.pid ?? 0), 'SIGINT');
    }
    const [code] = (await exit) as [number | null];
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    return {
      code,
      left: await readdir(directory),
      mounts: mounts
        .split('\n')
        .filter((one) => one.includes(directory))
        .join('\n'),
    };
  } finally {
    demo.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }
}

for (const line of [/mounting/, /eight clients/]) {
  test(`Ctrl-C at ${line} ends the demo and leaves nothing`, {
    skip: needs('fuse'),
    timeout: 240_000,
  }, async () => {
    assert.deepEqual(await interruptAt(line), { code: 130, left: [], mounts: '' });
  });
}
