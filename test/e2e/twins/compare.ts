/** Has both twins look, and holds every difference to the table of those that are allowed. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Allowed, differences, reasonOf } from './differences.js';
import { look } from './look.js';
import { seenIn, type Twins } from './twins.js';

export interface Place {
  readonly pod: string;
  readonly container: string;
  /** Of mounts. */
  readonly paths: readonly string[];
}

/** The allowed differences that were met. */
export async function compareTwins(
  t: TestContext,
  twins: Twins,
  { pod, container, paths }: Place,
): Promise<ReadonlySet<Allowed>> {
  const { injected, bare } = await twins.both(async (scene) =>
    seenIn(scene, await scene.exec(pod, container, ['sh', '-c', look, 'sh', ...paths])),
  );
  const all = differences(injected, bare);
  const met = all.flatMap((difference) => reasonOf(difference) ?? []);
  t.diagnostic(`${bare.size} facts, ${all.length} differ`);
  assert.deepEqual(
    all.filter((difference) => reasonOf(difference) === undefined),
    [],
  );
  return new Set(met);
}
