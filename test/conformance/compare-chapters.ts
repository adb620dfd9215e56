/** Chapters as tests: each case is seen on the bare directory and on the mount, and nothing may tell the two apart. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { MountedDisk } from '../sidecar/mounted/mounted-disk.js';
import type { Case, Chapter } from './case.js';
import { differences } from './differences.js';
import { type Observations, observationKey, observations } from './observations.js';

/** On the bare directory beside the mount, and on the mount. */
export const observeBoth = (chapters: readonly Chapter[], { bare, backing, mount }: MountedDisk) =>
  Promise.all([
    observations(chapters, { directory: bare, beneath: bare }),
    observations(chapters, { directory: mount, beneath: backing }),
  ]);

export function compareChapters(chapters: readonly Chapter[], observe: () => Promise<Seen>): void {
  let seen: Seen;
  before(async () => {
    seen = await observe();
  });
  for (const { name, cases } of chapters)
    describe(name, () => {
      for (const each of cases) test(each.name, () => same(each, observationKey(name, each.name), seen));
    });
}

type Seen = readonly [bare: Observations, mount: Observations];

function same({ difference }: Case, key: string, [bare, mount]: Seen): void {
  const [expected, actual] = [bare.get(key), mount.get(key)];
  assert.ok(expected !== undefined && actual !== undefined, 'the case returned nothing to compare');
  assert.ok(!hasFailed(expected), `failed on the bare directory: ${JSON.stringify(expected)}`);
  if (difference !== undefined) assert.deepEqual(actual, difference.onMount, difference.because);
  else assert.deepEqual(differences(expected, actual), [], 'bare directory | mount');
}

function hasFailed(observation: unknown): boolean {
  return JSON.stringify(observation).startsWith('{"failedWith');
}
