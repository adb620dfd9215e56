import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../../../needs.js';
import { until } from '../../../../../sidecar/mounted/until.js';
import { EtcdServer } from '../../../../ledger/etcd-server.js';
import { reachableFolder } from '../../../../ledger/reachable-folder.js';
import { asked, unsettled, whyOf } from './asked.js';

const how = { kind: 'etcd' } as const;

describe('etcd is asked for its roles', { skip: needs('etcd') }, () => {
  let folder: string;
  let members: readonly EtcdServer[];
  const ports = (): Readonly<Record<string, number>> =>
    Object.fromEntries(members.map(({ ports: { client } }, index) => [`e-${index}`, client]));
  before(async () => {
    folder = reachableFolder();
    members = await EtcdServer.cluster(join(folder, 'etcd'), 3);
  });
  after(async () => {
    await Promise.all(members?.map((member) => member.kill()) ?? []);
    rmSync(folder, { recursive: true, force: true });
  });
  const leader = async (): Promise<number> => {
    const leads = await Promise.all(members.map((member) => member.isLeader()));
    return leads.indexOf(true);
  };

  test('the leader is the primary, the others replicas, and they have settled', async () => {
    const reading = await asked(ports(), how);
    assert.deepEqual(reading.state, { kind: 'one', primaries: [`e-${await leader()}`], unknown: [] });
    assert.equal(unsettled(reading), null);
  });

  test('the leader killed: another is found, and without a quorum none', async () => {
    const old = await leader();
    await members[old]?.kill();
    await until(async () => (await asked(ports(), how)).state.kind === 'one');
    const { state } = await asked(ports(), how);
    assert.ok(state.kind === 'one' && !state.primaries.includes(`e-${old}`));
    assert.deepEqual(state.unknown, [`e-${old}`]);
    const next = Number(state.primaries[0]?.slice(2));
    await members[next]?.kill();
    await until(async () => (await asked(ports(), how)).pods.get(`e-${3 - old - next}`)?.kind === 'none');
    const reading = await asked(ports(), how);
    assert.equal(reading.state.kind, 'unknown');
    assert.match(whyOf(reading.pods.get(`e-${3 - old - next}`)), /^it knows no leader/);
    await members[old]?.start();
    await members[next]?.start();
    await until(async () => unsettled(await asked(ports(), how)) === null);
  });
});
