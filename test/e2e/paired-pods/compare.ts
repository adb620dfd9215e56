/** Has both pairs look, and holds every difference to the table of those that are allowed. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Allowed, differences, reasonOf } from './differences.js';
import { look } from './look.js';
import { type PairedPods, seenIn } from './paired-pods.js';

export interface Place {
  readonly pod: string;
  readonly container: string;
  /** Of mounts. */
  readonly paths: readonly string[];
}

/** The allowed differences that were met. */
export async function comparePair(
  t: TestContext,
  pairs: PairedPods,
  { pod, container, paths }: Place,
): Promise<ReadonlySet<Allowed>> {
  const { injected, bare } = await pairs.both(async (environment) =>
    seenIn(environment, await environment.exec(pod, container, ['sh', '-c', look, 'sh', ...paths])),
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
