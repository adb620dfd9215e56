/** Two sidecars that mount at the same path: each takes away the mounts that it made, and no other. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needs } from '../needs.js';
import { until } from '../sidecar/mounted/until.js';
import {
  assertNothingLeft,
  type Folders,
  folders,
  isAlive,
  type StartedLocal,
  startedLocal,
} from './started-local.js';

const skip = needs('root', 'fuse', 'setpriv');

/** How many mounts lie on each other there. */
const layersAt = (path: string): number =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.split(' ')[1] === path).length;

const unmount = (path: string): void =>
  assert.equal(spawnSync('umount', ['--lazy', path], { encoding: 'utf8' }).status, 0);

/** Serves, and a command of it works on the disk. */
function assertServes({ disk, child }: StartedLocal, content: string): void {
  assert.equal(child.exitCode, null, 'it has ended');
  assert.equal(layersAt(disk), 1);
  assert.equal(readFileSync(join(disk, 'file'), 'utf8'), content);
  writeFileSync(join(disk, 'other'), 'written');
}

/** The mount of the first is taken away from outside while its holder is stopped; then the second mounts there. */
async function replaced(t: TestContext, at: Folders): Promise<readonly [StartedLocal, StartedLocal]> {
  const first = await startedLocal(t, { at });
  process.kill(first.holder, 'SIGSTOP');
  unmount(at.disk);
  await until(() => layersAt(at.disk) === 0);
  writeFileSync(join(at.real, 'file'), 'of the second');
  return [first, await startedLocal(t, { at })];
}

test('a holder that goes on late leaves the mount of its successor alone', { skip }, async (t) => {
  const [first, second] = await replaced(t, folders(t));
  // On a busy machine its supervisor may have lost patience by now.
  if (isAlive(first.holder)) process.kill(first.holder, 'SIGCONT');
  first.child.kill('SIGTERM');
  await first.ended;
  assertServes(second, 'of the second');
  second.child.kill('SIGTERM');
  await second.ended;
  assertNothingLeft(second);
});

test('where one sidecar mounts over another, each takes away its own', { skip }, async (t) => {
  const at = folders(t);
  const [first, beneath] = await replaced(t, at);

  await t.test('a holder that has to be killed has nobody take away the mount of its successor', async () => {
    first.child.kill('SIGTERM');
    await first.ended;
    assert.equal(isAlive(first.holder), false);
    assertServes(beneath, 'of the second');
  });

  /** Only an empty directory is mounted over. */
  const startedAbove = (): Promise<StartedLocal> => {
    for (const name of readdirSync(at.disk)) rmSync(join(at.disk, name));
    return startedLocal(t, { at });
  };

  await t.test('the end of a sidecar that mounted over another uncovers that one, alive', async () => {
    const above = await startedAbove();
    assert.equal(layersAt(at.disk), 2);
    above.child.kill('SIGTERM');
    await above.ended;
    writeFileSync(join(at.real, 'file'), 'of the one beneath');
    assertServes(beneath, 'of the one beneath');
  });

  await t.test('the end of a sidecar leaves what was mounted over it alone, and says so', async () => {
    const above = await startedAbove();
    beneath.child.kill('SIGTERM');
    const { stderr } = await beneath.ended;
    assert.match(stderr, /mount\.covered/);
    assert.equal(above.child.exitCode, null);
    writeFileSync(join(at.disk, 'file'), 'of the one above');
    assert.equal(readFileSync(join(at.real, 'file'), 'utf8'), 'of the one above');
  });
});
