import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../../../needs.js';
import { until } from '../../../../../sidecar/mounted/until.js';
import { freePort } from '../../../../../sidecar/network/ports.js';
import { MariadbServer } from '../../../../ledger/mariadb-server.js';
import { reachableFolder } from '../../../../ledger/reachable-folder.js';
import { asked, unsettled, whyOf } from './asked.js';

const how = { kind: 'mysql', at: { user: 'root' } } as const;

describe('Galera is asked for its roles', { skip: needs('root', 'mariadb') }, () => {
  let folder: string;
  let first: MariadbServer;
  let second: MariadbServer;
  const ports = (): Readonly<Record<string, number>> => ({ first: first.port, second: second.port });

  before(async () => {
    folder = reachableFolder();
    first = await MariadbServer.create(join(folder, 'first'));
    second = await MariadbServer.create(join(folder, 'second'));
    // The copy is received by rsync, which gives up root.
    execFileSync('chmod', ['-R', 'a+rwX', folder]);
    const group = await freePort();
    await first.start([...(await node(group)), '--wsrep-cluster-address=gcomm://', '--wsrep-new-cluster']);
    await second.start([...(await node()), `--wsrep-cluster-address=gcomm://127.0.0.1:${group}`]);
    await until(async () => unsettled(await asked(ports(), how)) === null);
  });
  after(async () => {
    await second?.kill();
    await first?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('each node of the primary component is a primary, and that is no split brain', async () => {
    const reading = await asked(ports(), how);
    assert.deepEqual(reading.state, { kind: 'one', primaries: ['first', 'second'], unknown: [] });
  });

  test('a node that is left without a quorum has no role', async () => {
    await first.kill();
    await until(async () => (await asked(ports(), how)).pods.get('second')?.kind === 'none');
    const reading = await asked(ports(), how);
    assert.deepEqual(reading.state, { kind: 'unknown', unknown: ['first'] });
    assert.match(whyOf(reading.pods.get('second')), /wsrep_cluster_status non-Primary/);
  });
});

/** Its ports for the group, for missing writes and for a whole copy, all on the loopback. */
async function node(group?: number): Promise<readonly string[]> {
  const [listen, missing, copy] = [group ?? (await freePort()), await freePort(), await freePort()];
  return [
    '--binlog-format=ROW',
    '--wsrep-on=ON',
    '--wsrep-provider=/usr/lib/galera/libgalera_smm.so',
    `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${listen};ist.recv_addr=127.0.0.1:${missing}`,
    `--wsrep-node-address=127.0.0.1:${listen}`,
    `--wsrep-sst-receive-address=127.0.0.1:${copy}`,
    '--wsrep-sst-method=rsync',
  ];
}
