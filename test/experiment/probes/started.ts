/** A server of the test's own, gone with it; ready when its port answers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { until } from '../../sidecar/mounted/until.js';
import { freePort } from '../../sidecar/network/ports.js';

export interface Started {
  readonly url: string;
  kill(): Promise<void>;
}

/** `words` makes the command, of a folder that is empty and a port that is free. */
export async function started(
  t: TestContext,
  words: (folder: string, port: number, another: number) => readonly string[],
): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-probe-'));
  const [port, another] = [await freePort(), await freePort()];
  const [program = '', ...args] = words(folder, port, another);
  const child = spawn(program, args, { stdio: 'ignore', cwd: folder });
  const exit = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  t.after(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  await until(() => accepts(port));
  return { url: `http://127.0.0.1:${port}`, kill };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
