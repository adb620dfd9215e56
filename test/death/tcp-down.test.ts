/** A plane that does not come back: after two seconds connections go direct, and through us again once one serves. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { until } from '../disk/until.js';
import { needs } from '../needs.js';
import { addresses, withPair } from '../tcp/host.js';
import { Peer } from '../tcp/peer.js';
import { SidecarOnHost } from '../tcp/sidecar-on-host.js';

/** Below `pid`, at whatever depth, those that are planes or will be. */
function planesBelow(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (one) =>
        /^havock8s-(faults|spare)|sidecar\/plane\.js/.test(read(one, 'cmdline')) &&
        ancestors(one).includes(pid),
    );
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

test('connections go direct while no plane serves, and through the next one that does', {
  skip: needs('network'),
}, async () => {
  await withPair(async ({ client, server }) => {
    const listening = await Peer.start(server);
    await listening.listen(5000);
    const caller = await Peer.start(client);
    const sidecar = await SidecarOnHost.start(server, '--inbound', '5000');
    const rules = (): boolean => server.run('nft', 'list', 'table', 'inet', 'havock8s').code === 0;
    try {
      await sidecar.arm('hole', 'tcp blackhole');
      await until(() => {
        for (const pid of planesBelow(sidecar.pid)) process.kill(pid, 'SIGKILL');
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
