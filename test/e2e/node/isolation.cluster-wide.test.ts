import assert from 'node:assert/strict';
import { after, before, suite, type TestContext, test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { checkAfter } from '../../../experiment/worlds/kubernetes/node/check-after.js';
import { cordon } from '../../../experiment/worlds/kubernetes/node/cordon.js';
import { drain } from '../../../experiment/worlds/kubernetes/node/drain.js';
import {
  type Fact,
  nothingSeen,
  seeFailure,
} from '../../../experiment/worlds/kubernetes/node/failure-facts.js';
import type { Seen } from '../../../experiment/worlds/kubernetes/node/failure-marks.js';
import { isolate } from '../../../experiment/worlds/kubernetes/node/isolate.js';
import { readIsolation } from '../../../experiment/worlds/kubernetes/node/isolation-state.js';
import { nodeBefore } from '../../../experiment/worlds/kubernetes/node/node-before.js';
import {
  isReady,
  type Node,
  type NodeIsolation,
} from '../../../experiment/worlds/kubernetes/node/node-objects.js';
import type { NodeRequest } from '../../../experiment/worlds/kubernetes/node/node-request.js';
import type { EndpointSlice, Pod } from '../../../experiment/worlds/kubernetes/node/pod-objects.js';
import { taint } from '../../../experiment/worlds/kubernetes/node/taint.js';
import { connect } from '../../../kube/connect.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import { resources } from '../../../kube/resources.js';
import { slowdown } from '../../slowdown.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { leave } from '../leaving.js';
import { scaleToNone, scaleUp } from '../webhook/replicas.js';
import { budget, clientOn, lonelyRedis, only } from './lonely-redis.js';

const skip = needsCluster('own');
const boundMs = 60_000;
const run = { namespace: 'shop', name: 'lost', uid: 'c0ffee00-0000-4000-8000-000000000000' };

suite('a node with a database', { skip }, () => {
  let environment: Environment;
  let api: KubeApi;
  let home: string;

  before(async () => {
    environment = await Environment.open({ name: 'lost-node', injected: false });
    // It ends what is of a run that is not there, such as this one.
    await scaleToNone(environment.cluster, 'controller');
    api = connect({ kubeconfig: environment.cluster.kubeconfig });
    await environment.apply(lonelyRedis);
    await environment.succeed(['rollout', 'status', 'statefulset/db', '--timeout=240s']);
    home = (await db()).spec?.nodeName ?? '';
    const others = environment.own.plan.nodes.map(({ name }) => name).filter((name) => name !== home);
    await environment.apply([clientOn(others[0] ?? '')]);
    await environment.succeed(['wait', '--for=condition=Ready', 'pod/client', '--timeout=120s']);
  });
  after(async () => {
    if (environment === undefined) return;
    await leave(environment.close());
    await scaleUp(environment.cluster, 'controller');
  });

  const db = (): Promise<Pod> => environment.json<Pod>(['get', 'pod', 'db-0']);
  const nodeOf = (name: string): Promise<Node> => environment.cluster.json<Node>(['get', 'node', name]);
  const request = async (step: string, node: string, lastsMs: number): Promise<NodeRequest> => ({
    node,
    run,
    step,
    untilMs: Date.now() + lastsMs,
    before: nodeBefore(await nodeOf(node)),
  });

  /** By the pod's own address, as somebody who knows it goes on to do. */
  const ask = (address: string, ...command: readonly string[]): Promise<string> =>
    environment.exec('client', 'client', ['timeout', '5', 'redis-cli', '-h', address, ...command]);

  async function leftBehind(name: string, { before: was }: NodeRequest): Promise<readonly string[]> {
    const { items: isolations } = await api.list<NodeIsolation>({
      resource: resources.nodeIsolations,
      namespace: null,
    });
    const { items: pods } = await api.list<Pod>({ resource: resources.pods, namespace: null });
    return checkAfter(name, was, {
      node: await nodeOf(name),
      pods,
      volumeOf: new Map(),
      attachments: [],
      isolations,
    });
  }

  const isClean = (name: string, asked: NodeRequest): Promise<void> =>
    eventually(
      `nothing is left on ${name}`,
      async () => {
        const left = await leftBehind(name, asked);
        return left.length === 0 || left.join('; ');
      },
      { boundMs },
    );

  test('is isolated: NotReady while the database serves on, and back by itself with nothing of havock8s running', async (t) => {
    await scaleToNone(environment.cluster);
    try {
      await isolated(t);
    } finally {
      await scaleUp(environment.cluster);
    }
  });

  async function isolated(t: TestContext): Promise<void> {
    // Long enough that the node is lost before its end, also where everything takes its time.
    const lastsMs = Math.min(180_000, 45_000 * slowdown());
    const asked = await request('isolate', home, lastsMs);
    const old = await db();
    const [action, { facts, look }] = [isolate(), watching()];
    await look();
    await action.begin(api, asked, Date.now());
    const beganMs = Date.now();
    const since = (atMs = Date.now()): string => `${((atMs - beganMs) / 1000).toFixed(1)} s`;
    await eventually(`${home} is lost`, async () => (await look()) === false, { boundMs: lastsMs });
    t.diagnostic(`not Ready after ${since()}`);
    assert.equal(await action.state(api, asked), 'in-force');
    const { podIP = '' } = (await environment.json<{ status: { podIP?: string } }>(['get', 'pod', 'db-0']))
      .status;
    assert.equal((await ask(podIP, 'set', 'zombie', 'alive')).trim(), 'OK');
    assert.equal((await ask(podIP, 'get', 'zombie')).trim(), 'alive');
    await eventually(
      'its pod gets no traffic',
      async () => {
        await look();
        return facts.some(({ kind }) => kind === 'endpoint-not-ready');
      },
      { boundMs },
    );
    await eventually(`${home} is back`, look, { boundMs: lastsMs + boundMs });
    const isolation = await api.get<NodeIsolation>({
      resource: resources.nodeIsolations,
      namespace: null,
      name: home,
    });
    assert.ok(isolation !== null, 'nobody has ended it');
    t.diagnostic(`Ready again after ${since()}, ${since(Date.now() - lastsMs)} after the end`);
    assert.ok((await api.serverMs()) >= readIsolation(isolation).endsAtMs, 'it lasts as long as it is to');
    assert.equal(await action.state(api, asked), 'absent');
    await eventually(
      'its pod gets traffic again',
      async () => {
        await look();
        return facts.at(-1)?.kind === 'endpoint-added' || isReadyAgain(facts);
      },
      { boundMs },
    );
    const now = await db();
    assert.equal(now.metadata.uid, old.metadata.uid, 'the same pod');
    assert.equal((await ask(podIP, 'get', 'zombie')).trim(), 'alive');
    await action.end(api, asked);
    await isClean(home, asked);
    for (const { atMs, kind, subject, message } of facts)
      t.diagnostic(`${since(atMs)} ${kind}: ${subject} ${message}`);
    for (const kind of ['not-ready', 'tainted', 'endpoint-not-ready', 'ready', 'untainted'])
      assert.ok(
        facts.some((fact) => fact.kind === kind),
        kind,
      );
  }

  /** Looks at node, pod and endpoints, and writes down what became of them. */
  function watching(): { readonly facts: Fact[]; readonly look: () => Promise<boolean> } {
    let view = nothingSeen;
    const facts: Fact[] = [];
    const see = (seen: Seen): void => {
      const next = seeFailure(view, seen, Date.now());
      view = next.view;
      facts.push(...next.facts);
    };
    const slices = { resource: resources.endpointSlices, namespace: environment.namespace };
    return {
      facts,
      look: async () => {
        const node = await nodeOf(home);
        see({ kind: 'node', object: node });
        see({ kind: 'pod', object: await db() });
        const { items } = await api.list<EndpointSlice>(slices);
        for (const object of items) see({ kind: 'endpoints', object });
        return isReady(node);
      },
    };
  }

  test('is cordoned: new pods go elsewhere, until the end', async () => {
    const asked = await request('cordon', home, boundMs);
    await cordon.begin(api, asked, Date.now());
    await environment.apply([only(home)]);
    const unschedulable = `--for=jsonpath={.status.conditions[?(@.type=="PodScheduled")].reason}=Unschedulable`;
    await environment.succeed(['wait', 'pod/only', unschedulable, '--timeout=60s']);
    await cordon.end(api, asked);
    await environment.succeed(['wait', 'pod/only', '--for=condition=Ready', '--timeout=60s']);
    await isClean(home, asked);
  });

  test('is drained: what its budget holds stays and is told with the numbers; without the budget it goes', async () => {
    await environment.apply([budget]);
    await environment.succeed([
      'wait',
      'pdb/db',
      '--for=jsonpath={.status.currentHealthy}=1',
      '--timeout=60s',
    ]);
    const { signal } = new AbortController();
    const action = drain({ clock: systemClock, signal });
    const held = await request('held', home, 6_000);
    const name = `${environment.namespace}/db`;
    assert.match(
      await action.begin(api, held, Date.now()),
      new RegExp(`${name}-0 stays: budget ${name} allows 0: 1 healthy of 1 that it needs`),
    );
    await action.end(api, held);
    await isClean(home, held);
    await environment.succeed(['delete', 'pdb', 'db']);
    const free = await request('free', home, boundMs);
    assert.match(await action.begin(api, free, Date.now()), /cordoned; \d+ pods evicted(; \d+ left)?$/);
    const other = await movedFrom(home);
    await action.end(api, free);
    await isClean(home, free);
    home = other;
  });

  test('is tainted: its pods go, and say why', async () => {
    const asked = await request('taint', home, boundMs);
    await taint.begin(api, asked, Date.now());
    const other = await movedFrom(home);
    const why = ['get', 'events', '--field-selector=reason=TaintManagerEviction', '--output=name'];
    assert.notEqual(await environment.succeed(why), '');
    await taint.end(api, asked);
    await isClean(home, asked);
    home = other;
  });

  async function movedFrom(node: string): Promise<string> {
    await eventually(
      'the database is elsewhere',
      async () => {
        const { stdout } = await environment.run([
          'get',
          'pod',
          'db-0',
          '--output=jsonpath={.spec.nodeName}',
        ]);
        return stdout !== '' && stdout !== node;
      },
      { boundMs },
    );
    await environment.succeed(['wait', '--for=condition=Ready', 'pod/db-0', '--timeout=60s']);
    return (await db()).spec?.nodeName ?? '';
  }
});

/** Of the pod: after it was not. */
const isReadyAgain = (facts: readonly Fact[]): boolean => {
  const ofPod = facts.filter(({ subject, kind }) => subject.startsWith('pod ') && /ready/.test(kind));
  return ofPod.at(-1)?.kind === 'ready';
};
