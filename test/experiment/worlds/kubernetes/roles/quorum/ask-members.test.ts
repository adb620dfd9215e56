import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { serialize } from 'bson';
import { messageOf } from '../../../../../../experiment/worlds/kubernetes/roles/ask/mongodb-wire.js';
import {
  askMembers,
  type VoterKind,
} from '../../../../../../experiment/worlds/kubernetes/roles/quorum/ask-members.js';
import { quorumAfter } from '../../../../../../experiment/worlds/kubernetes/roles/quorum/quorum-after.js';
import type { VotersAsked } from '../../../../../../experiment/worlds/kubernetes/roles/quorum/voters-asked.js';
import { needs } from '../../../../../needs.js';
import { until } from '../../../../../sidecar/mounted/until.js';
import { portOf } from '../../../../../sidecar/network/ports.js';
import { EtcdServer } from '../../../../ledger/etcd-server.js';
import { reachableFolder } from '../../../../ledger/reachable-folder.js';
import { RedisServer } from '../../../../ledger/redis-server.js';
import { type AsPods, asPods } from '../ask/as-pods.js';
import { patientClock } from '../ask/asked.js';
import { SentinelServer } from '../ask/sentinel-server.js';
import { pod } from '../pods.js';

const ask = (kind: VoterKind, { pods, port }: Pick<AsPods, 'pods' | 'port'>): Promise<VotersAsked> =>
  askMembers[kind](pods, {
    clock: patientClock,
    signal: new AbortController().signal,
    at: { port, user: null, password: null, database: '', tls: null },
  });

/** What would be refused; null where a quorum stays. */
const refusal = (asked: VotersAsked, taken: readonly string[]): string | null => {
  assert.equal(asked.kind, 'members', JSON.stringify(asked));
  const after = asked.kind === 'members' && quorumAfter(asked.membership, taken);
  return after && after.kind === 'lost' ? after.why : null;
};

const votes = (asked: VotersAsked): readonly string[] =>
  asked.kind === 'unknown'
    ? [asked.why]
    : asked.membership.members.map(({ name, vote, isHealthy }) => `${name} ${vote} ${isHealthy}`);

function folderOf(t: TestContext): string {
  const folder = reachableFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the quorum of etcd is asked of etcd', { skip: needs('etcd') }, () => {
  test('three members, one of them killed, and one that learns', async (t) => {
    const members = await EtcdServer.cluster(join(folderOf(t), 'etcd'), 3);
    t.after(() => Promise.all(members.map((member) => member.kill())));
    const ports = Object.fromEntries(members.map(({ ports: { client } }, index) => [`e-${index}`, client]));
    const pods = await asPods(ports);
    t.after(pods.close);
    const names = (asked: VotersAsked): readonly string[] => votes(asked).toSorted();
    assert.deepEqual(names(await ask('etcd', pods)), ['e-0 yes true', 'e-1 yes true', 'e-2 yes true']);
    assert.equal(refusal(await ask('etcd', pods), ['e-0']), null);
    // etcd takes a new member when all have been connected for a while.
    await until(async () => {
      const answer = await fetch(`${members[0]?.url}/v3/cluster/member/add`, {
        method: 'POST',
        body: JSON.stringify({ peerURLs: ['http://127.0.0.1:9'], isLearner: true }),
      });
      return answer.ok;
    });
    await members[2]?.kill();
    await until(
      async () => votes(await ask('etcd', pods)).filter((vote) => / true$/.test(vote)).length === 2,
    );
    const asked = await ask('etcd', pods);
    assert.ok(
      votes(asked).some((vote) => /^member \d+ no false$/.test(vote)),
      votes(asked).join(),
    );
    assert.match(
      refusal(asked, ['e-1']) ?? '',
      /^3 members of etcd vote, 2 healthy \(e-[01], e-[01]\); taking e-1 leaves 1, and 2 are needed$/,
    );
    assert.equal(refusal(asked, ['e-2']), null);
  });

  test('where no member answers, nobody can say', async () => {
    const asked = await ask('etcd', { pods: [pod('e-0')], port: 1 });
    assert.deepEqual(asked, {
      kind: 'unknown',
      why: 'no member of etcd said who votes (it has no address)',
    });
  });
});

describe('the quorum of Redis Sentinel is asked of the Sentinels', { skip: needs('redis') }, () => {
  test('three Sentinels, then two; and where all of them are asked for', async (t) => {
    const folder = folderOf(t);
    const redis = await RedisServer.start(join(folder, 'redis'));
    t.after(() => redis.kill());
    const sentinels: SentinelServer[] = [];
    t.after(() => Promise.all(sentinels.map((one) => one.kill())));
    for (let index = 0; index < 3; index += 1)
      sentinels.push(await SentinelServer.start(folder, { primary: redis.port, quorum: 2 }));
    const pods = await asPods(Object.fromEntries(sentinels.map(({ port }, index) => [`s-${index}`, port])));
    t.after(pods.close);
    const know = async (): Promise<boolean> =>
      (await Promise.all(sentinels.map((one) => one.command('sentinel', 'sentinels', 'db')))).every(
        (said) => said.match(/^name$/gm)?.length === 2,
      );
    await until(know);
    const three = await ask('sentinel', pods);
    assert.deepEqual(votes(three), ['s-0 yes true', 's-1 yes true', 's-2 yes true']);
    assert.equal(refusal(three, ['s-0']), null);
    const some = await ask('sentinel', { ...pods, pods: pods.pods.slice(0, 1) });
    assert.deepEqual(votes(some), [
      's-0 yes true',
      'a Sentinel that is none of the pods (1) yes false',
      'a Sentinel that is none of the pods (2) yes false',
    ]);
    await sentinels[2]?.kill();
    const two = await ask('sentinel', pods);
    assert.equal(
      refusal(two, ['s-1']),
      '3 members of the Sentinels of db vote, 2 healthy (s-0, s-1); taking s-1 leaves 1, and 2 are needed',
    );
    for (const one of sentinels.slice(0, 2)) await one.command('sentinel', 'set', 'db', 'quorum', '3');
    const strict = await ask('sentinel', pods);
    assert.match(refusal(strict, ['s-1']) ?? '', /there is no quorum already, 3 are needed/);
  });
});

/** No mongod is to be had here: `hello` is answered as the manual describes it, in the frames of the wire. */
async function memberSaying(t: TestContext, hello: object): Promise<number> {
  const bytes = messageOf(serialize({ ...hello, ok: 1 }));
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(bytes));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return portOf(server);
}

test('the quorum of MongoDB: hosts and arbiters vote, passives and hidden members may', async (t) => {
  const host = (index: number): string => `m-${index}.m.db.svc:27017`;
  const set = {
    setName: 'rs0',
    hosts: [host(0), host(1)],
    passives: [host(3)],
    arbiters: [host(2)],
  };
  const pods = await asPods({
    'm-0': await memberSaying(t, { ...set, me: host(0), isWritablePrimary: true }),
    'm-1': await memberSaying(t, { ...set, me: host(1), isWritablePrimary: false, secondary: false }),
    'm-2': await memberSaying(t, { ...set, me: host(2), arbiterOnly: true }),
    'm-4': await memberSaying(t, { ...set, me: host(4), secondary: true, hidden: true }),
  });
  t.after(pods.close);
  const asked = await ask('mongodb', pods);
  assert.deepEqual(votes(asked), [
    'm-0 yes true',
    'm-1 yes false',
    'm-2 yes true',
    'm-3 maybe false',
    'm-4 maybe true',
  ]);
  assert.equal(
    refusal(asked, ['m-2']),
    '5 members of replica set rs0 vote, 3 healthy (m-0, m-2, m-4); taking m-2 leaves 2, and 3 are needed',
  );
});
