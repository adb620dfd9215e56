import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../../../../../core/clock.js';
import { needs } from '../../../../../needs.js';
import { until } from '../../../../../sidecar/mounted/until.js';
import { freePort } from '../../../../../sidecar/network/ports.js';
import { reachableFolder } from '../../../../ledger/reachable-folder.js';
import { RedisServer } from '../../../../ledger/redis-server.js';
import { asked, askedPod, unsettled, whyOf } from './asked.js';
import { SentinelServer } from './sentinel-server.js';

const how = { kind: 'redis' } as const;

describe('Redis is asked for its role', { skip: needs('redis') }, () => {
  let folder: string;
  let first: RedisServer;
  let second: RedisServer;
  const ports = (): Readonly<Record<string, number>> => ({ first: first.port, second: second.port });
  const linked = (): Promise<void> =>
    until(async () => /master_link_status:up/.test(await second.command('info', 'replication')));
  before(async () => {
    folder = reachableFolder();
    first = await RedisServer.start(join(folder, 'first'));
    second = await RedisServer.start(join(folder, 'second'), ['--replicaof', '127.0.0.1', `${first.port}`]);
    await linked();
  });
  after(async () => {
    await first?.kill();
    await second?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a primary and its replica have settled', async () => {
    const reading = await asked(ports(), how);
    assert.deepEqual(reading.state, { kind: 'one', primaries: ['first'], unknown: [] });
    assert.equal(unsettled(reading), null);
    assert.equal(whyOf(reading.pods.get('second')), `ROLE is slave of 127.0.0.1:${first.port}, connected`);
  });

  test('a primary with too few replicas takes no writes', async () => {
    await first.command('config', 'set', 'min-replicas-to-write', '2');
    const reading = await asked(ports(), how);
    assert.match(
      unsettled(reading) ?? '',
      /^first is the primary and takes no writes \(ROLE is master, [01] replicas are well, and min-replicas-to-write is 2\)$/,
    );
    await first.command('config', 'set', 'min-replicas-to-write', '0');
  });

  test('a replica that takes writes is said, though it is no second primary', async () => {
    await second.command('config', 'set', 'replica-read-only', 'no');
    const reading = await asked(ports(), how);
    assert.match(unsettled(reading) ?? '', /^second is a replica that takes writes/);
    await second.command('config', 'set', 'replica-read-only', 'yes');
  });

  test('a password that is missing: nothing is known, and it is said why', async () => {
    await first.command('config', 'set', 'requirepass', 'secret');
    const refused = await askedPod('first', first.port, how);
    assert.match(whyOf(refused), /^NOAUTH/);
    const known = await askedPod('first', first.port, { kind: 'redis', at: { password: 'secret' } });
    assert.equal(known.kind, 'primary');
    await first.command('-a', 'secret', 'config', 'set', 'requirepass', '');
  });

  test('failover: the old primary away, then two, then the old one follows', async () => {
    await first.kill();
    assert.deepEqual((await asked(ports(), how)).state, { kind: 'unknown', unknown: ['first'] });
    await second.command('replicaof', 'no', 'one');
    assert.deepEqual((await asked(ports(), how)).state, {
      kind: 'one',
      primaries: ['second'],
      unknown: ['first'],
    });
    await first.start();
    assert.deepEqual((await asked(ports(), how)).state, {
      kind: 'two',
      primaries: ['first', 'second'],
      unknown: [],
    });
    await first.command('replicaof', '127.0.0.1', `${second.port}`);
    const reading = await asked(ports(), how);
    assert.deepEqual(reading.state, { kind: 'one', primaries: ['second'], unknown: [] });
    assert.equal(unsettled(reading), null);
  });

  test('a server that is stopped and says nothing is unknown after two seconds', async () => {
    first.signal('SIGSTOP');
    const beganMs = performance.now();
    const role = await askedPod('first', first.port, { ...how, clock: systemClock });
    const tookMs = performance.now() - beganMs;
    first.signal('SIGCONT');
    assert.deepEqual(role, { kind: 'unknown', why: 'Redis did not answer within 2000 ms' });
    assert.ok(tookMs >= 1_990, `it took ${tookMs} ms`);
  });
});

describe('Redis Cluster is asked for its roles', { skip: needs('redis') }, () => {
  let folder: string;
  let nodes: RedisServer[];
  before(async () => {
    folder = reachableFolder();
    // Where the machine stalls, nobody takes over of its own accord.
    const settings = ['--cluster-enabled', 'yes', '--cluster-replica-no-failover', 'yes'];
    nodes = await Promise.all(
      Array.from({ length: 3 }, (_, index) => RedisServer.start(join(folder, `n${index}`), settings)),
    );
    const [a, b, c] = nodes;
    await a?.command('cluster', 'addslotsrange', '0', '8191');
    await b?.command('cluster', 'addslotsrange', '8192', '16383');
    await a?.command('cluster', 'meet', '127.0.0.1', `${b?.port}`);
    await a?.command('cluster', 'meet', '127.0.0.1', `${c?.port}`);
    const id = await b?.command('cluster', 'myid');
    await until(async () => (await c?.command('cluster', 'nodes'))?.includes(id?.trim() ?? '') ?? false);
    await c?.command('cluster', 'replicate', id?.trim() ?? '');
    await until(async () => /cluster_state:ok/.test((await c?.command('cluster', 'info')) ?? ''));
  });
  after(async () => {
    await Promise.all(nodes?.map((node) => node.kill()) ?? []);
    rmSync(folder, { recursive: true, force: true });
  });
  const ports = (): Readonly<Record<string, number>> =>
    Object.fromEntries(nodes.map(({ port }, index) => [`n${index}`, port]));

  test('one primary a shard, and a takeover is followed', async () => {
    await until(async () => unsettled(await asked(ports(), how)) === null);
    const reading = await asked(ports(), how);
    assert.deepEqual(reading.state, { kind: 'one', primaries: ['n0', 'n1'], unknown: [] });
    assert.equal(reading.pods.get('n2')?.kind, 'replica');
    // Without asking the others: on a busy machine they may answer too late.
    await nodes[2]?.command('cluster', 'failover', 'takeover');
    await until(async () => {
      const { state } = await asked(ports(), how);
      return state.kind === 'one' && state.primaries.join() === 'n0,n2';
    });
  });
});

describe('a Redis Sentinel is asked for its role', { skip: needs('redis') }, () => {
  test('it has none, for good', async (t) => {
    const folder = reachableFolder();
    const sentinel = await SentinelServer.start(folder, { primary: await freePort(), quorum: 1 });
    t.after(async () => {
      await sentinel.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    const role = await askedPod('s', sentinel.port, how);
    assert.deepEqual(role, {
      kind: 'none',
      from: 'database',
      seen: 'a Sentinel, which has no data',
      isOther: true,
    });
  });
});
