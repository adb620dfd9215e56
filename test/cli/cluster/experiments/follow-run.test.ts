/** Runs of a cluster in memory, followed while a controller carries them out. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readRunJournal } from '../../../../cli/cluster/experiments/find-run.js';
import { type FollowEnd, followRun } from '../../../../cli/cluster/experiments/follow-run.js';
import { HavocError } from '../../../../core/havoc-error.js';
import type { JournalEvent } from '../../../../experiment/journal/events.js';
import type { KubeApi } from '../../../../kube/kube-api.js';
import type { KubeObject, Selection, Target } from '../../../../kube/kube-object.js';
import { resources } from '../../../../kube/resources.js';
import { namespace, SimulatedCluster } from '../../../controller/simulated-cluster.js';

const slow = {
  targets: [{ name: 'db', workload: { kind: 'StatefulSet', name: 'db' }, mode: 'one' }],
  steps: [{ name: 'slow', fault: 'disk latency 10ms on fsync for 10s' }],
};
const target = { resource: resources.experiments, namespace, name: 'slow-disk' };

/** Throws what a call of who follows should fail with; the controller's are its own. */
type Refuse = (call: string, target: Target | Selection) => void;

function asked(store: KubeApi, refuse: Refuse): KubeApi {
  return {
    ...{ create: store.create.bind(store), replace: store.replace.bind(store), post: store.post.bind(store) },
    ...{ patch: store.patch.bind(store), remove: store.remove.bind(store), list: store.list.bind(store) },
    ...{ version: () => store.version(), serverMs: () => store.serverMs() },
    get: async <T extends KubeObject>(target: Target) => {
      refuse('get', target);
      return store.get<T>(target);
    },
    listEach: async (selection, onObject) => {
      refuse('list', selection);
      return store.listEach(selection, onObject);
    },
    watch: (selection, options) => store.watch(selection, options),
  };
}

async function followed(context: TestContext, { isLed = true } = {}) {
  const cluster = new SimulatedCluster();
  await cluster.namespace();
  for (const pod of ['db-0', 'db-1', 'db-2']) await cluster.pod(pod);
  const run = await cluster.experiment('slow-disk', slow);
  if (isLed) {
    const controller = cluster.controller();
    context.after(() => controller.stop());
  }
  const events: JournalEvent[] = [];
  const troubles: string[] = [];
  const leaving = new AbortController();
  const refusing: { refuse: Refuse } = { refuse: () => {} };
  const runs = { api: asked(cluster.store, (call, target) => refusing.refuse(call, target)), namespace };
  return {
    ...{ cluster, run, runs, events, troubles, leaving, refusing },
    end: async (): Promise<FollowEnd> => {
      let end: FollowEnd | null = null;
      let failure: unknown = null;
      followRun({
        ...{ runs, run, clock: cluster.clock, signal: leaving.signal },
        onEvent: (event) => events.push(event),
        onTrouble: (message) => troubles.push(message),
      }).then(
        (one) => {
          end = one;
        },
        (error) => {
          failure = error;
        },
      );
      await cluster.until('it has ended', () => end !== null || failure !== null);
      if (end === null) throw failure;
      return end;
    },
  };
}

test('each event of the journal is told once, in order, and the verdict is that of the journal', async (context) => {
  const { end, events, troubles, runs, run } = await followed(context);
  const over = await end();
  assert.ok(over.kind === 'over');
  assert.deepEqual([over.judgement.verdict, over.judgement.reason], ['Inconclusive', 'NothingMeasured']);
  const journal = await readRunJournal(runs, run);
  assert.deepEqual(events, journal?.events);
  assert.equal(events.at(-1)?.type, 'phase-began');
  assert.deepEqual(troubles, []);
});

test('where the object may not be watched, it is looked at', async (context) => {
  const { refusing, end, events, troubles } = await followed(context);
  refusing.refuse = (call) => {
    if (call === 'list') throw new HavocError('kube.forbidden', 'not you');
  };
  assert.equal((await end()).kind, 'over');
  assert.ok(events.length > 10);
  assert.deepEqual(troubles, []);
});

test('without a controller it is said that nobody has taken it up', async (context) => {
  const { cluster, end } = await followed(context, { isLed: false });
  const beganMs = cluster.clock.monotonicMs();
  assert.deepEqual(await end(), { kind: 'waiting' });
  const tookMs = cluster.clock.monotonicMs() - beganMs;
  assert.ok(tookMs >= 20_000 && tookMs <= 24_000, `${tookMs}`);
});

test('one that is deleted meanwhile is gone, with what was read of it', async (context) => {
  const { cluster, end } = await followed(context);
  const ended = end();
  await cluster.until('it is on', async () => (await cluster.armed()).length > 0);
  await cluster.store.remove(target);
  const { kind, ...rest } = await ended;
  assert.equal(kind === 'gone' || kind === 'over', true, kind);
  assert.ok('journal' in rest && (rest.journal?.events.length ?? 0) > 5);
});

test('where its journal may not be read, that is said once, and the status has the verdict', async (context) => {
  const { refusing, end, events, troubles } = await followed(context);
  refusing.refuse = (_call, { resource }) => {
    if (resource.plural === 'configmaps') throw new HavocError('kube.forbidden', 'not you');
  };
  const over = await end();
  assert.ok(over.kind === 'over');
  assert.deepEqual([over.judgement.verdict, over.judgement.deviated], ['Inconclusive', false]);
  assert.deepEqual(events, []);
  assert.deepEqual(troubles, ['its journal cannot be read, so that its verdict alone is told: not you']);
});

test('an API server that does not answer for a while ends nothing', async (context) => {
  const { refusing, end, troubles } = await followed(context);
  let asks = 0;
  refusing.refuse = () => {
    asks += 1;
    if (asks % 2 === 1 && asks < 10) throw new HavocError('kube.unreachable', 'nobody answers');
  };
  assert.equal((await end()).kind, 'over');
  assert.ok(troubles.length > 1 && troubles.every((trouble) => trouble === 'nobody answers'));
});

test('who may not read it is told so', async (context) => {
  const { refusing, end } = await followed(context, { isLed: false });
  refusing.refuse = (call) => {
    if (call === 'get') throw new HavocError('kube.forbidden', 'not you');
  };
  await assert.rejects(end(), { code: 'kube.forbidden' });
});

test('left by who followed it, it goes on', async (context) => {
  const { cluster, end, leaving } = await followed(context);
  const ended = end();
  await cluster.until('it is on', async () => (await cluster.armed()).length > 0);
  leaving.abort();
  const left = await ended;
  assert.ok(left.kind === 'left' && left.journal !== null);
  assert.equal((await cluster.find('slow-disk'))?.status?.verdict, undefined);
});
