/** Pods deleted: how long until nothing of one is left on its node, and what is still there. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import type { AtWork } from './at-work.js';
import { type Database, diskComplaints, type Incarnation } from './database.js';
import { bystandersFolder } from './database-set.js';
import { leftOf, networkOf, networksOf, nothing, strayTables } from './left-on-node.js';
import { treeHash } from './tree-hash.js';

export const graceS = 5;
export const forced = ['--force', '--grace-period=0'] as const;

/** What a kubelet needs beyond the grace, on a machine that others use too. */
const goneMs = 120_000;

export interface Gone {
  /** The API server knows it no more. */
  readonly unknownMs: number;
  /** Neither a process nor a mount nor a folder of it is on the node. */
  readonly goneMs: number;
}

export const startDeletion = (
  environment: Environment,
  pod: string,
  how: readonly string[] = [],
): Promise<string> => environment.succeed(['delete', 'pod', pod, '--wait=false', ...how]);

/** From `sinceMs` on; fails where anything is left. */
export async function untilGone(
  environment: Environment,
  pod: string,
  at: Incarnation,
  sinceMs: number,
): Promise<Gone> {
  await untilUnknown(environment, pod, at);
  const unknownMs = performance.now() - sinceMs;
  await untilNothingLeft(at);
  return { unknownMs, goneMs: performance.now() - sinceMs };
}

/** A set has another pod of this name within a moment: `kubectl wait` that comes after that waits for the wrong one. */
export async function untilUnknown(
  environment: Environment,
  pod: string,
  { uid }: Pick<Incarnation, 'uid'>,
): Promise<void> {
  const isUnknown = async (): Promise<boolean | string> => {
    const known = await environment.succeed([
      'get',
      'pod',
      pod,
      '--ignore-not-found',
      '--output=jsonpath={.metadata.uid}',
    ]);
    return known !== uid || 'the API server still knows it';
  };
  await eventually(`the pod ${pod} of this uid is gone`, isUnknown, { boundMs: goneMs });
}

/** Its volumes may still be there. */
export async function untilNoProcess({ processes }: Incarnation): Promise<void> {
  const isOver = async (): Promise<boolean | string> => processes.all().length === 0 || processes.tell();
  await eventually('no process of the pod is left', isOver, { boundMs: goneMs });
}

export async function untilNothingLeft(at: Incarnation): Promise<void> {
  const wanted = JSON.stringify(nothing);
  const isGone = async (): Promise<boolean | string> => {
    const left = JSON.stringify(leftOf(at.node, at.uid));
    return left === wanted || left;
  };
  await eventually('nothing of the pod is left on its node', isGone, { boundMs: goneMs });
  assert.deepEqual(strayTables(at.node), []);
}

export const tellGone = (t: TestContext, what: string, { unknownMs, goneMs: ms }: Gone): void =>
  t.diagnostic(
    `${what}: the API server forgot it after ${(unknownMs / 1000).toFixed(1)} s, its node after ${(ms / 1000).toFixed(1)} s (grace ${graceS} s)`,
  );

/** Of the files beside the database that nobody touches. */
export const bystandersOf = async (database: Database): Promise<string> =>
  treeHash(join(await database.folder(), bystandersFolder));

/** Nothing that nobody touched has changed, and another pod has all that was acknowledged. */
export async function assertWhole(t: TestContext, work: AtWork, bystanders: string): Promise<void> {
  const { database } = work;
  await work.breakOff(t);
  assert.equal(await bystandersOf(database), bystanders);
  await work.renew();
  await work.assertKept(t);
  assert.deepEqual(diskComplaints(await database.log()), []);
}

export interface Deletion {
  readonly how?: readonly string[];
  /** Just before it. */
  readonly first?: () => Promise<void>;
  /** While it goes on. */
  readonly meanwhile?: () => Promise<void>;
  /** No byte can be written any more once `first` is done: the whole tree is the same afterwards. */
  readonly isStill?: boolean;
}

export interface Deleted extends Deletion {
  /** How, in words. */
  readonly state: string;
  /** What the files that nobody touches were. */
  readonly bystanders: string;
}

/** While clients are at work; another pod is there afterwards. */
export async function deleteAtWork(t: TestContext, work: AtWork, deleted: Deleted): Promise<void> {
  const { how = [], first, meanwhile, isStill = false, state, bystanders } = deleted;
  const { environment, database, at } = work;
  const folder = await database.folder();
  await work.begin();
  await work.orphan();
  const network = networkOf(at.node, at.uid);
  await first?.();
  const still = isStill ? treeHash(folder) : null;
  const sinceMs = performance.now();
  await startDeletion(environment, database.pod, how);
  await meanwhile?.();
  tellGone(t, `deleted ${state}`, await untilGone(environment, database.pod, at, sinceMs));
  if (still !== null) assert.equal(treeHash(folder), still, 'every byte of the volume');
  assert.ok(!networksOf(at.node).includes(network), 'the network of the pod, and its rules, are gone');
  await assertWhole(t, work, bystanders);
}
