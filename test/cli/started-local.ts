/** `havock8s local` on two folders of the test's own, and everything that it started gone with the test. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { lastFirst } from './last-first.js';
import { type Running, spawnCli } from './run-cli.js';
import { temporaryFolders } from './temporary-folders.js';

export interface Folders {
  readonly root: string;
  readonly real: string;
  readonly disk: string;
  /** `--disk real=disk`, in full. */
  readonly args: readonly string[];
}

export function folders(t: TestContext): Folders {
  const root = temporaryFolders(t, 'real', 'disk');
  const [real, disk] = [join(root, 'real'), join(root, 'disk')];
  // Only a test that failed leaves something to unmount.
  lastFirst(t, () => spawnSync('umount', ['--lazy', disk], { stdio: 'ignore' }));
  return { root, real, disk, args: ['--disk', `${real}=${disk}`, '--control', '127.0.0.1:0'] };
}

export interface StartedLocal extends Running, Folders {
  readonly url: string;
  readonly holder: number;
  readonly faultProxy: number;
}

export async function startedLocal(
  t: TestContext,
  {
    options = [],
    command = [],
    at = folders(t),
  }: { options?: readonly string[]; command?: readonly string[]; at?: Folders } = {},
): Promise<StartedLocal> {
  const running = spawnCli(t, ['local', '-o', 'json', ...at.args, ...options, '--', ...command], {
    cwd: at.root,
  });
  const [line] = await running.says(/^\{"kind":"started".*\}$/m);
  const { control, pids } = JSON.parse(line);
  return { ...running, ...at, url: control, holder: pids.holder, faultProxy: pids.faultProxy };
}

/** No mount, and no process of the sidecar. */
export function assertNothingLeft({ disk, holder, faultProxy }: StartedLocal): void {
  assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(disk), 'a mount is left');
  for (const pid of [holder, faultProxy]) assert.ok(!isAlive(pid), `process ${pid} is left`);
}

/** A zombie is gone too, for all it can do. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
