/**
 * A fault proxy that does not come back: after two seconds connections go direct, and through us again once one serves.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { killIfThere } from '../../kill-if-there.js';
import { needs } from '../../needs.js';
import { until } from '../mounted/until.js';
import { addresses, withPair } from '../network/host.js';
import { Peer } from '../network/peer.js';
import { SidecarOnHost } from '../network/sidecar-on-host.js';

/** Those that are fault proxies, or will be. */
const faultProxiesBelow = (pid: number): readonly number[] =>
  below(pid).filter((one) => /^havock8s-(faults|spare)|sidecar\/proxy\/main\.js/.test(read(one, 'cmdline')));

/** At whatever depth. */
function below(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => ancestors(one).includes(pid));
}

function ancestors(pid: number): readonly number[] {
  const parent = Number(/^PPid:\s*(\d+)$/m.exec(read(pid, 'status'))?.[1] ?? 0);
  return parent === 0 ? [] : [parent, ...ancestors(parent)];
}

/** It may be gone by now. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

test('connections go direct while no fault proxy serves, and through the next one that does', {
  skip: needs('network'),
}, async () => {
  await withPair(async ({ client, server }) => {
    const listening = await Peer.start(server);
    await listening.listen(5000);
    const caller = await Peer.start(client);
    const sidecar = await SidecarOnHost.start(server, '--inbound', '5000');
    const rules = (): boolean =>
      server.run('nft', 'list', 'table', 'inet', 'havock8s').stdout.includes('tproxy');
    try {
      await sidecar.arm('hole', 'tcp blackhole');
      await until(() => {
        for (const pid of faultProxiesBelow(sidecar.pid)) killIfThere(pid);
        return !rules();
      }, 30_000);
      assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
      assert.equal(await caller.say('direct'), `${addresses.client.ipv4} direct`, 'no fault without a plane');
      await until(rules, 30_000);
      await until(() => sidecar.isAnswering(), 30_000);
      assert.equal(await caller.say('still direct'), `${addresses.client.ipv4} still direct`);
      assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
      assert.equal(await caller.say('held', 1000), 'nothing');
    } finally {
      await sidecar.close();
    }
  });
});

test('when everything of ours is dead at once, what comes in goes direct, a partition ends at its time, and a new start cleans up', {
  skip: needs('network'),
}, async () => {
  await withPair(async ({ client, server }) => {
    const listening = await Peer.start(server);
    await listening.listen(5000);
    const caller = await Peer.start(client);
    const sidecar = await SidecarOnHost.start(server, '--inbound', '5000', '--outbound', '6000');
    await sidecar.arm('split', `tcp partition with ${addresses.client.ipv4} for 4s`);
    // The youngest first: a fault proxy that outlives its supervisor for a moment takes the rules away.
    for (const pid of [sidecar.pid, ...below(sidecar.pid)].toReversed()) killIfThere(pid);
    assert.equal(
      await caller.connectWithin(addresses.server.ipv4, 5000, 1000),
      'nothing',
      'the partition goes on',
    );
    assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
    assert.equal(await caller.say('alone'), `${addresses.client.ipv4} alone`);
    await sidecar.close();
    const next = await SidecarOnHost.start(server, '--inbound', '5000');
    try {
      assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
      assert.equal(await caller.say('again'), `${addresses.client.ipv4} again`);
      assert.equal((await next.tcp()).accepted, 1);
      assert.doesNotMatch(server.succeed('nft', 'list', 'table', 'inet', 'havock8s'), /6000|split/);
    } finally {
      await next.close();
    }
  });
});
