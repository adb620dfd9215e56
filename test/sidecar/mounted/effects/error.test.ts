/** `disk error`: every errno, on every operation the kernel asks for. */
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { errnos } from '../../../../faults/errno.js';
import { outcome } from '../../../conformance/observe.js';
import { needs } from '../../../needs.js';
import { CallError } from '../libc/call.js';
import { fsync } from '../libc/files.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { verbActs } from './verb-acts.js';

describe('disk error', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  before(async () => {
    disk = await mountDisk();
  });
  after(() => disk?.close());

  for (const [verb, { prepare, act }] of Object.entries(verbActs)) {
    test(`fails ${verb}, and no more once disarmed`, async () => {
      const directory = join(disk.mount, verb);
      mkdirSync(directory);
      const prepared = prepare(directory);
      await disk.control.arm('failing', `disk error EPROTO on ${verb} in ${verb}/**`);
      const failed = outcome(() => act(directory, prepared));
      const { tallies } = await disk.control.fault('failing');
      await disk.control.disarm('failing');
      const worked = outcome(() => act(directory, prepared));
      assert.equal(failed, 'EPROTO');
      assert.ok(tallies.injected >= 1, `${verb} was not counted`);
      assert.notEqual(worked, 'EPROTO');
    });
  }

  test('gives every errno as it was named', async () => {
    const file = join(disk.mount, 'errnos');
    writeFileSync(file, 'content');
    const fd = openSync(file, 'r');
    const wrong: string[] = [];
    for (const [name, { number }] of Object.entries(errnos)) {
      await disk.control.arm('failing', `disk error ${name} on fsync in errnos`);
      const seen = errnoNumber(() => fsync(fd));
      if (seen !== number) wrong.push(`${name} is ${number}, seen was ${seen}`);
    }
    await disk.control.disarm('failing');
    closeSync(fd);
    assert.deepEqual(wrong, []);
  });

  test('keeps to its path and leaves the rest alone', async () => {
    mkdirSync(join(disk.mount, 'base'));
    for (const path of ['base/1', 'base/2', 'other']) writeFileSync(join(disk.mount, path), path);
    await disk.control.arm('failing', 'disk error EIO on read in base/*');
    const seen = ['base/1', 'base/2', 'other'].map((path) =>
      outcome(() => readFileSync(join(disk.mount, path), 'utf8')),
    );
    await disk.control.disarm('failing');
    assert.deepEqual(seen, ['EIO', 'EIO', 'other']);
    rmSync(join(disk.mount, 'base'), { recursive: true });
  });

  test('never hits the getattr of the root, which the kubelet stats, and counts it as exempt', async () => {
    await disk.control.arm('failing', 'disk error EIO on all');
    const root = outcome(() => statSync(disk.mount).isDirectory());
    const below = outcome(() => statSync(join(disk.mount, 'errnos')));
    const { tallies } = await disk.control.fault('failing');
    await disk.control.disarm('failing');
    assert.equal(root, true);
    assert.equal(below, 'EIO');
    assert.ok(tallies.exempted >= 1);
  });
});

function errnoNumber(act: () => void): number {
  try {
    act();
    return 0;
  } catch (error) {
    assert.ok(error instanceof CallError);
    return error.errno;
  }
}
