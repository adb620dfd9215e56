/**
 * Pods deleted while a mount in one of their volumes still leads to data: a kubelet deletes what it finds in a volume.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { V1Pod } from '@kubernetes/client-node';
import { podVolume } from '../../../core/pod-layout.js';
import type { ClusterNode } from '../../../dev/cluster/node.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { idlePod, idleVolume } from '../idle-pod.js';
import { whereaboutsOf } from '../node-processes.js';
import { AtWork } from './at-work.js';
import {
  assertWhole,
  bystandersOf,
  graceS,
  startDeletion,
  tellGone,
  untilGone,
  untilNoProcess,
} from './deletion.js';
import { mountsOf } from './left-on-node.js';
import { LiveMount } from './live-mount.js';
import { pathsBelow, treeHash } from './tree-hash.js';

const skip = needsCluster('own');
const boundMs = 120_000;

/** In a volume of a pod, as its node names it. */
const forgedIn = (uid: string, emptyDir: string): string =>
  `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/${emptyDir}/forged`;

test('an emptyDir on the disk, for comparison: what is served in it goes with the pod', { skip }, (t) =>
  Environment.play({ name: 'live-mount' }, async (environment) => {
    await environment.apply([idlePod('plain', { inject: false })]);
    await environment.succeed(['wait', '--for=condition=Ready', 'pod/plain', '--timeout=120s']);
    const plain = whereaboutsOf(await environment.json<V1Pod>(['get', 'pod', 'plain']));
    const node = environment.own.node(plain.node);
    await withDecoys(node, async (backing) => {
      const mountpoint = forgedIn(plain.uid, idleVolume);
      const mount = await LiveMount.forge({ node, backing, mountpoint });
      try {
        await startDeletion(environment, 'plain');
        const isEmpty = async (): Promise<boolean> => pathsBelow(backing).length === 0;
        await eventually('the kubelet has deleted all that is served', isEmpty, { boundMs });
      } finally {
        await mount.end();
      }
      t.diagnostic('every file behind the mount was deleted by the kubelet');
    });
  }),
);

test('the claim served in our volume, alive when the pod is deleted: every byte stays', {
  skip,
}, async (t) => {
  const work = await AtWork.open({ name: 'live-mounts', graceS });
  try {
    await work.act(t, () => deleteWithLiveMount(t, work));
  } finally {
    await work.close();
  }
});

async function deleteWithLiveMount(t: TestContext, work: AtWork): Promise<void> {
  const { environment, database, at } = work;
  const backing = await database.folder();
  const bystanders = await bystandersOf(database);
  await work.begin();
  await work.orphan();
  const mountpoint = forgedIn(at.uid, podVolume.served);
  const mount = await LiveMount.forge({ node: at.node, backing, mountpoint });
  const sinceMs = performance.now();
  try {
    await startDeletion(environment, database.pod);
    await untilNoProcess(at);
    const still = treeHash(backing);
    await untilTriedTwice(at.node, at.uid);
    assert.ok(mountsOf(at.node, at.uid).some((line) => line.startsWith(mountpoint)));
    assert.equal(treeHash(backing), still, 'every byte of the claim, and of the database in it');
    t.diagnostic(`alive for ${((performance.now() - sinceMs) / 1000).toFixed(1)} s of the deletion`);
  } finally {
    await mount.end();
  }
  tellGone(t, 'once nothing is mounted', await untilGone(environment, database.pod, at, sinceMs));
  await assertWhole(t, work, bystanders);
}

/** The kubelet has met the mount, been refused, and come again. */
async function untilTriedTwice(node: ClusterNode, uid: string): Promise<void> {
  const refusals = new RegExp(
    `TearDown failed.*${podVolume.served}.*${uid}|${uid}.*${podVolume.served}.*TearDown failed`,
  );
  const isTwice = async (): Promise<boolean | string> => {
    const lines = readFileSync(join(node.machine.folder, 'kubelet.log'), 'utf8').split('\n');
    return lines.filter((line) => refusals.test(line)).length >= 2 || lines.slice(-3).join('\n');
  };
  await eventually('the kubelet has tried twice', isTwice, { boundMs });
}

/** On the node's own disk, and not in a volume of any pod. */
async function withDecoys(node: ClusterNode, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(node.machine.folder, 'decoys');
  mkdirSync(join(folder, 'deep'), { recursive: true });
  for (const name of ['one', 'deep/two']) writeFileSync(join(folder, name), name);
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
