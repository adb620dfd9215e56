/** `disk freeze`: what it holds can be killed, and comes back whole when it ends. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type OtherProcess, startOtherProcess } from '../../../conformance/other-process.js';
import { needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';

type Block = (other: OtherProcess, fd: number, path: string) => Promise<unknown>;

const blocking: Readonly<Record<string, Block>> = {
  read: (other, fd) => other.call('read', fd, 10, 0),
  write: (other, fd) => other.call('write', fd, 'x', 0),
  fsync: (other, fd) => other.call('fsync', fd),
  stat: (other, _fd, path) => other.call('isDirectory', path),
  open: (other, _fd, path) => other.call('open', path, 'r'),
  unlink: (other, _fd, path) => other.call('unlink', path),
  'a page of a mapping': (other, fd) => other.call('load', fd, 0, 10),
};

describe('disk freeze', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  let other: OtherProcess;
  let fd: number;
  before(async () => {
    disk = await mountDisk();
    mkdirSync(join(disk.mount, 'held'));
  });
  beforeEach(async () => {
    writeFileSync(join(disk.mount, 'held', 'file'), 'content');
    other = startOtherProcess();
    fd = Number(await other.call('open', join(disk.mount, 'held', 'file'), 'r+'));
  });
  afterEach(async () => {
    await disk.control.disarm('frozen');
    await other.kill();
    await disk.control.awaitParked(0);
  });
  after(() => disk?.close());

  test('holds what matches until it is disarmed, and nothing else', async () => {
    await disk.control.arm('frozen', 'disk freeze in held/**');
    const held = other.call('read', fd, 10, 0);
    await disk.control.awaitParked(1);
    writeFileSync(join(disk.mount, 'free'), 'free');
    assert.equal(readFileSync(join(disk.mount, 'free'), 'utf8'), 'free');
    await disk.control.disarm('frozen');
    assert.equal(await held, 'content');
  });

  test('ends by itself at its deadline', async () => {
    await disk.control.arm('frozen', 'disk freeze on write for 1s');
    const start = performance.now();
    assert.equal(await other.call('write', fd, 'CON', 0), 3);
    const ms = performance.now() - start;
    assert.ok(ms > 500 && ms < 5000, `it took ${ms} ms`);
    assert.equal(readFileSync(join(disk.mount, 'held', 'file'), 'utf8'), 'CONtent');
  });

  for (const [what, block] of Object.entries(blocking)) {
    test(`a process that waits in ${what} dies when it is killed`, async () => {
      await other.call('map', fd, { length: 4096, shared: true, writable: true });
      await disk.control.arm('frozen', 'disk freeze in held/**');
      const held = block(other, fd, join(disk.mount, 'held', 'file'));
      await disk.control.awaitParked(1);
      await other.kill();
      assert.equal(await held, 'SIGKILL');
    });
  }

  test('the root can be looked at, for the kubelet stats it', async () => {
    await disk.control.arm('frozen', 'disk freeze');
    assert.equal(await other.call('isDirectory', disk.mount), true);
    assert.ok((await disk.control.fault('frozen')).tallies.exempted >= 1);
  });

  test('the sidecar leaves at once while much is frozen', async () => {
    const frozen = await mountDisk({ faults: [{ name: 'ice', sentence: 'disk freeze on all in held' }] });
    const held = other.call('isDirectory', join(frozen.mount, 'held'));
    await frozen.control.awaitParked(1);
    const start = performance.now();
    await frozen.close();
    const ms = performance.now() - start;
    await held;
    assert.ok(ms < 5000, `it took ${ms} ms`);
  });
});
