/** The mount and the directory beneath it, told apart by nothing a program can do: the conformance table on both. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../needs.js';
import { type MountedDisk, mountDisk } from '../sidecar/mounted/mounted-disk.js';
import type { Case, Chapter } from './case.js';
import { readOnly } from './chapters/read-only.js';
import { writableChapters } from './chapters.js';
import { differences } from './differences.js';
import { type Observations, observations } from './observations.js';

const skip = needs('root', 'fuse');

describe('a mount behaves as the directory beneath it', { skip }, () => {
  let disk: MountedDisk;
  before(async () => {
    disk = await mountDisk();
  });
  after(() => disk?.close());
  for (const chapter of writableChapters) {
    compare(chapter, () =>
      Promise.all([
        observations(chapter, { directory: disk.bare, beneath: disk.bare }),
        observations(chapter, { directory: disk.mount, beneath: disk.backing }),
      ]),
    );
  }
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
  compare(readOnly, () =>
    Promise.all([
      observations(readOnly, { directory: view, beneath: disk.bare }),
      observations(readOnly, { directory: disk.mount, beneath: disk.backing }),
    ]),
  );
});

function compare(chapter: Chapter, observe: () => Promise<readonly [Observations, Observations]>): void {
  describe(chapter.name, () => {
    let seen: readonly [bare: Observations, mount: Observations];
    before(async () => {
      seen = await observe();
    });
    for (const each of chapter.cases) test(each.name, () => same(each, ...seen));
  });
}

function same({ name, difference }: Case, bare: Observations, mount: Observations): void {
  const [expected, actual] = [bare.get(name), mount.get(name)];
  assert.ok(expected !== undefined && actual !== undefined, 'the case returned nothing to compare');
  assert.ok(!hasFailed(expected), `failed on the bare directory: ${JSON.stringify(expected)}`);
  if (difference !== undefined) assert.deepEqual(actual, difference.onMount, difference.because);
  else assert.deepEqual(differences(expected, actual), [], 'bare directory | mount');
}

function hasFailed(observation: unknown): boolean {
  return JSON.stringify(observation).startsWith('{"failedWith');
}

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
