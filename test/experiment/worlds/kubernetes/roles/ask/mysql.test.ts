import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../../../needs.js';
import { until } from '../../../../../sidecar/mounted/until.js';
import { MariadbServer } from '../../../../ledger/mariadb-server.js';
import { reachableFolder } from '../../../../ledger/reachable-folder.js';
import { asked, askedPod, unsettled, whyOf } from './asked.js';

const how = { kind: 'mysql', at: { user: 'root' } } as const;

describe('MariaDB is asked for its role', { skip: needs('root', 'mariadb') }, () => {
  let folder: string;
  let first: MariadbServer;
  let second: MariadbServer;
  const ports = (): Readonly<Record<string, number>> => ({ first: first.port, second: second.port });
  const follow = (port: number): string =>
    `change master to master_host='127.0.0.1', master_port=${port}, master_user='root', master_use_gtid=slave_pos; start slave`;
  const follows = (server: MariadbServer): Promise<void> =>
    until(async () => /\tYes\tYes\t/.test(await server.query('show slave status')));
  before(async () => {
    folder = reachableFolder();
    first = await MariadbServer.create(join(folder, 'first'));
    second = await MariadbServer.create(join(folder, 'second'));
    await first.start(['--server-id=1', '--log-bin', '--log-slave-updates']);
    await second.start(['--server-id=2', '--log-bin', '--log-slave-updates', '--read-only=1']);
    await second.query(follow(first.port));
    await follows(second);
  });
  after(async () => {
    await second?.kill();
    await first?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a primary and its replica have settled', async () => {
    const reading = await asked(ports(), how);
    assert.deepEqual(reading.state, { kind: 'one', primaries: ['first'], unknown: [] });
    assert.equal(unsettled(reading), null);
    assert.equal(whyOf(reading.pods.get('second')), 'it follows 127.0.0.1, read_only is on');
  });

  test('a replica that takes writes is said', async () => {
    await second.query('set global read_only = 0');
    assert.match(unsettled(await asked(ports(), how)) ?? '', /^second is a replica that takes writes/);
    await second.query('set global read_only = 1');
  });

  test('one that follows nobody and is read-only is neither', async () => {
    await first.query('set global read_only = 1');
    const reading = await asked(ports(), how);
    assert.deepEqual(reading.state, { kind: 'none', of: [] });
    assert.equal(whyOf(reading.pods.get('first')), 'it follows nobody, and read_only is on');
    await first.query('set global read_only = 0');
  });

  test('an account without the right to see replication: unknown, with the right that is missing', async () => {
    await first.query("create user plain@'127.0.0.1'");
    const role = await askedPod('first', first.port, { kind: 'mysql', at: { user: 'plain' } });
    assert.equal(role.kind, 'unknown');
    assert.match(whyOf(role), /^Access denied; you need .*(SLAVE|REPLICA) MONITOR/);
    await first.query("grant replica monitor on *.* to plain@'127.0.0.1'");
    const known = await askedPod('first', first.port, { kind: 'mysql', at: { user: 'plain' } });
    assert.equal(known.kind, 'primary');
  });

  test('promoted: stopped threads are remembered, and it is the primary all the same', async () => {
    await second.query('stop slave; set global read_only = 0');
    assert.deepEqual((await asked(ports(), how)).state, {
      kind: 'two',
      primaries: ['first', 'second'],
      unknown: [],
    });
    await first.query('set global read_only = 1');
    await first.query(follow(second.port));
    await follows(first);
    const reading = await asked(ports(), how);
    assert.deepEqual(reading.state, { kind: 'one', primaries: ['second'], unknown: [] });
    assert.equal(unsettled(reading), null);
  });

  test('one that is away is unknown', async () => {
    await second.kill();
    assert.deepEqual((await asked(ports(), how)).state, { kind: 'unknown', unknown: ['second'] });
  });
});
