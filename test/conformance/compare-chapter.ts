/** A chapter as tests: each case is seen on the bare directory and on the mount, and nothing may tell the two apart. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { MountedDisk } from '../sidecar/mounted/mounted-disk.js';
import type { Case, Chapter } from './case.js';
import { differences } from './differences.js';
import { type Observations, observations } from './observations.js';

/** On the bare directory beside the mount, and on the mount. */
export const observeBoth = (chapter: Chapter, { bare, backing, mount }: MountedDisk) =>
  Promise.all([
    observations(chapter, { directory: bare, beneath: bare }),
    observations(chapter, { directory: mount, beneath: backing }),
  ]);

export function compareChapter(
  chapter: Chapter,
  observe: () => Promise<readonly [Observations, Observations]>,
): void {
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
