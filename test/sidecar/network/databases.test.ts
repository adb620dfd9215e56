/** Real databases on real hosts, cut off from each other and healed. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { until } from '../mounted/until.js';
import { addresses, withPair } from './host.js';
import { PostgresOnHost } from './postgres-on-host.js';
import { SidecarOnHost } from './sidecar-on-host.js';

const { client: there, server: here } = addresses;

test('pg_hba.conf refuses whom it names, and lets in whom it trusts: nobody comes from 127.0.0.1', {
  skip: needs('network', 'postgres', 'root'),
}, async () => {
  await withPair(async ({ client, server }) => {
    const hba = [
      'host all all 127.0.0.1/32 trust',
      'host all all ::1/128 trust',
      `host all all ${there.ipv4}/32 reject`,
      `host all all ${there.ipv6}/128 trust`,
    ];
    const postgres = await PostgresOnHost.create(server, `${hba.join('\n')}\n`);
    const sidecar = await SidecarOnHost.start(server, '--inbound', '5432');
    try {
      const refused = PostgresOnHost.queryFrom(client, here.ipv4, 'select 1');
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /pg_hba.conf rejects connection for host "10\.77\.0\.1"/);
      const trusted = PostgresOnHost.queryFrom(client, here.ipv6, 'select inet_client_addr()');
      assert.equal(trusted.stdout.trim(), there.ipv6, trusted.stderr);
      assert.equal((await sidecar.tcp()).accepted, 2);
    } finally {
      await sidecar.close();
      await postgres.close();
    }
  });
});

test('a standby that is cut off falls behind, and catches up on the same connection', {
  skip: needs('network', 'postgres', 'root'),
}, async (t) => {
  await withPair(async ({ client, server }) => {
    const primary = await PostgresOnHost.create(
      server,
      'host all all all trust\nhost replication all all trust\n',
    );
    const sidecar = await SidecarOnHost.start(server, '--inbound', '5432');
    const standby = await PostgresOnHost.standby(client, here.ipv4);
    const lag = (): number =>
      Number(
        primary.value('select pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) from pg_stat_replication'),
      );
    const sender = (): string => primary.value('select pid from pg_stat_replication');
    try {
      primary.value('create table t as select generate_series(1, 1000) as n');
      await until(() => standby.value("select to_regclass('t')") === 't' && lag() === 0);
      const connection = sender();
      await sidecar.arm('split', `tcp partition with ${there.ipv4}`);
      primary.value('insert into t select generate_series(1, 50000)');
      const behind = lag();
      assert.ok(behind > 1_000_000, `${behind} bytes behind`);
      assert.equal(standby.value('select count(*) from t'), '1000');
      const { tallies } = await sidecar.awaitInjected('split', 2);
      const healed = performance.now();
      await sidecar.disarm('split');
      await until(() => lag() === 0);
      t.diagnostic(
        `${behind} bytes behind, ${tallies.injected} packets dropped, caught up ${Math.round(performance.now() - healed)} ms after healing`,
      );
      assert.equal(standby.value('select count(*) from t'), '51000');
      assert.equal(sender(), connection);
    } finally {
      await standby.close();
      await sidecar.close();
      await primary.close();
    }
  });
});

test('Redis sees the client`s address, waits out a blackhole, and answers in order', {
  skip: needs('network', 'redis'),
}, async () => {
  await withPair(async ({ client, server }) => {
    const folder = mkdtempSync(join(tmpdir(), 'havock8s-redis-'));
    const redis = server.spawn(
      [
        'redis-server',
        '--port',
        '6379',
        '--bind',
        '0.0.0.0',
        '::',
        '--protected-mode',
        'no',
        '--save',
        '',
        '--dir',
        folder,
      ],
      { stdio: 'ignore' },
    );
    const sidecar = await SidecarOnHost.start(server, '--inbound', '6379');
    const cli = (...args: readonly string[]) => client.run('redis-cli', '-h', here.ipv6, ...args);
    try {
      await until(() => cli('ping').stdout.trim() === 'PONG');
      assert.match(cli('client', 'info').stdout, new RegExp(` addr=\\[${there.ipv6}\\]:`));
      await sidecar.arm('hole', `tcp blackhole with ${there.ipv6} for 2s`);
      const began = performance.now();
      assert.equal(cli('echo', 'patience').stdout.trim(), 'patience');
      const waited = performance.now() - began;
      assert.ok(waited > 1000, `answered after ${waited} ms`);
      const { traffic } = await sidecar.fault('hole');
      assert.ok((traffic?.bytes.injected ?? 0) > 0);
    } finally {
      await sidecar.close();
      redis.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
