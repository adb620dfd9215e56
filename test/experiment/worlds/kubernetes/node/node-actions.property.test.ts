/**
 * Runs that cordon, taint and isolate the same nodes, in any order, by controllers whose calls get lost, while others write
 * the nodes, and sweeps. Whatever happened: past the last end a sweep or two leave each node as it was.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HavocError } from '../../../../../core/havoc-error.js';
import { cordon } from '../../../../../experiment/worlds/kubernetes/node/cordon.js';
import { isolate } from '../../../../../experiment/worlds/kubernetes/node/isolate.js';
import { nodeBefore } from '../../../../../experiment/worlds/kubernetes/node/node-before.js';
import { nodeLimits } from '../../../../../experiment/worlds/kubernetes/node/node-limits.js';
import { taintKey } from '../../../../../experiment/worlds/kubernetes/node/node-mark.js';
import type { Taint } from '../../../../../experiment/worlds/kubernetes/node/node-objects.js';
import type { NodeRequest } from '../../../../../experiment/worlds/kubernetes/node/node-request.js';
import { sweepNodes } from '../../../../../experiment/worlds/kubernetes/node/sweep-nodes.js';
import { taint } from '../../../../../experiment/worlds/kubernetes/node/taint.js';
import { resources } from '../../../../../kube/resources.js';
import { SeededRandom } from '../../../../seeded-random.js';
import { aCluster, aRequest, nodes, nowMs, theNode } from './a-cluster.js';
import { unreliable } from './unreliable.js';

const names = ['n1', 'n2', 'n3'] as const;
const actions = [cordon, taint, isolate()] as const;
const deeds = 60;
const runs = 300;
const expectedErrors = ['node.too-late', 'kube.timeout', 'kube.conflict', 'node.taken', 'node.gone'];

for (let seed = 1; seed <= runs; seed += runs / 10) {
  test(`nodes are as they were, from seed ${seed} on`, async () => {
    for (let each = seed; each < seed + runs / 10; each++) await play(each);
  });
}

interface Asked {
  readonly action: (typeof actions)[number];
  readonly request: NodeRequest;
}

async function play(seed: number): Promise<void> {
  const dice = new SeededRandom(seed);
  const store = await aCluster(...names);
  let atMs = nowMs;
  store.wallMs = () => atMs;
  const api = unreliable(store, () => dice.integer(1_000) / 1_000, 6);
  const change = (name: string, spec: object) =>
    store.patch({ ...nodes, name }, { kind: 'merge', body: { spec } });
  const cordoned = names.filter(() => dice.chance(0.3));
  for (const name of cordoned) await change(name, { unschedulable: true });
  const theirs = new Map<string, Taint[]>(names.map((name) => [name, []]));
  const there = (await aRequest(store, 'n1')).run;
  const asked: Asked[] = [];

  /** Others come and go with taints of theirs. */
  async function taintByOthers(name: string): Promise<void> {
    const taints = theirs.get(name) ?? [];
    if (taints.length > 0 && dice.chance(0.5)) taints.pop();
    else taints.push({ key: `of-${taints.length}`, effect: 'NoSchedule' });
    const ours = ((await theNode(store, name)).spec?.taints ?? []).filter(({ key }) => key === taintKey);
    await change(name, { taints: [...ours, ...taints] });
  }
  async function plan(): Promise<void> {
    const node = dice.one(names);
    const request = {
      node,
      run: dice.chance(0.8) ? there : { namespace: 'shop', name: 'gone', uid: 'gone' },
      step: `step-${asked.length}`,
      untilMs: atMs + 1_000 + dice.integer(60_000),
      before: nodeBefore(await theNode(store, node)),
    };
    asked.push({ action: dice.one(actions), request });
  }
  async function deed(): Promise<void> {
    const what = dice.integer(100);
    if (what < 20) await plan();
    else if (what < 30) await taintByOthers(dice.one(names));
    else if (what < 35) atMs += dice.integer(20_000);
    else if (what < 40) await sweepNodes(api, atMs);
    else if (asked.length > 0) {
      const { action, request } = dice.one(asked);
      if (what < 75) await action.begin(api, request, atMs);
      else await action.end(api, request);
    }
  }
  for (let count = 0; count < deeds; count++)
    await deed().catch((error: unknown) => {
      if (!(error instanceof HavocError && expectedErrors.includes(error.code))) throw error;
    });

  atMs += 120_000 + nodeLimits.keptMs;
  await sweepNodes(store, atMs);
  for (const { action, request } of asked) await action.end(store, request);
  assert.deepEqual(await sweepNodes(store, atMs), [], `seed ${seed}`);
  for (const name of names) {
    const { spec, metadata } = await theNode(store, name);
    const is = [spec?.unschedulable ?? false, spec?.taints ?? [], metadata.annotations ?? {}];
    assert.deepEqual(is, [cordoned.includes(name), theirs.get(name), {}], `seed ${seed}, node ${name}`);
  }
  const left = await store.list({ resource: resources.nodeIsolations, namespace: null });
  assert.deepEqual(left.items, [], `seed ${seed}`);
}
