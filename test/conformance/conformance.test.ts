/** The mount and the directory beneath it, told apart by nothing a program can do: the conformance table on both. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { needs } from '../needs.js';
import { type MountedDisk, mountDisk } from '../sidecar/mounted/mounted-disk.js';
import { readOnly } from './chapters/read-only.js';
import { writableChapters } from './chapters.js';
import { compareChapters, observeBoth } from './compare-chapters.js';
import { observations } from './observations.js';

const skip = needs('root', 'fuse');

describe('a mount behaves as the directory beneath it', { skip }, () => {
  let disk: MountedDisk;
  before(async () => {
    disk = await mountDisk();
  });
  after(() => disk?.close());
  compareChapters(writableChapters, () => observeBoth(writableChapters, disk));
});

describe('a read-only mount behaves as a read-only bind mount', { skip }, () => {
  let disk: MountedDisk;
  let view: string;
  before(async () => {
    disk = await mountDisk({ readOnly: true });
    view = join(disk.bare, '..', 'view');
    mkdirSync(view);
    mount('--bind', disk.bare, view);
    mount('-o', 'remount,bind,ro', view);
  });
  after(async () => {
    spawnSync('umount', ['--lazy', view]);
    await disk?.close();
  });
  compareChapters([readOnly], () =>
    Promise.all([
      observations([readOnly], { directory: view, beneath: disk.bare }),
      observations([readOnly], { directory: disk.mount, beneath: disk.backing }),
    ]),
  );
});

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
