/**
 * The answers of a server to the client's own address find back to us by a routing rule. While it is away they leave the
 * host, the client resets what it knows nothing of, and its own connection waits for ever.
 */
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { passingScript } from '../../../sidecar/tcp/netfilter/ruleset.js';
import { killIfThere } from '../../kill-if-there.js';
import { needs } from '../../needs.js';
import { until } from '../mounted/until.js';
import { addresses, type Host, withPair } from './host.js';
import { Peer } from './peer.js';
import { SidecarOnHost } from './sidecar-on-host.js';

const skip = needs('network');

/** Rules as they come and go: `Deleted 7808: ...`. */
async function watchRules(host: Host): Promise<readonly string[]> {
  const changes: string[] = [];
  const monitor = host.spawn(['ip', 'monitor', 'rule'], { stdio: ['ignore', 'pipe', 'inherit'] });
  assert.ok(monitor.stdout);
  createInterface(monitor.stdout).on('line', (line) => changes.push(line));
  await until(() => {
    host.succeed('ip', 'rule', 'add', 'priority', '7000', 'lookup', 'main');
    host.succeed('ip', 'rule', 'del', 'priority', '7000');
    return changes.some((line) => line.startsWith('Deleted'));
  });
  changes.length = 0;
  return changes;
}

const ofOurs = (changes: readonly string[]): readonly string[] =>
  changes.filter((line) => line.includes('7808'));

test(
  'the way back is never away, neither while another fault proxy takes over nor while rules are mended',
  {
    skip,
  },
  () =>
    withPair(async ({ client, server }) => {
      const listening = await Peer.start(server);
      await listening.listen(5000);
      const caller = await Peer.start(client);
      const sidecar = await SidecarOnHost.start(server, '--inbound', '5000');
      try {
        const changes = await watchRules(server);
        const faultProxy = await sidecar.proxyPid();
        killIfThere(faultProxy);
        await until(
          async () => (await sidecar.isAnswering()) && (await sidecar.proxyPid()) !== faultProxy,
          30_000,
        );
        assert.deepEqual(ofOurs(changes), [], 'another fault proxy took over');

        assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
        const mended = await sidecar.mended();
        server.succeed('nft', 'delete', 'table', 'inet', 'havock8s');
        await until(async () => (await sidecar.mended()) > mended);
        assert.deepEqual(ofOurs(changes), [], 'the table was recreated');
        assert.equal(await caller.say('there'), `${addresses.client.ipv4} there`);

        // What a supervisor does when the fault proxy has been away for two seconds: it may be back already.
        server.succeed('sh', '-c', 'printf %s "$1" | nft -f -', 'sh', passingScript);
        assert.equal(await caller.say('still'), `${addresses.client.ipv4} still`);
        assert.equal(await caller.say('still there'), `${addresses.client.ipv4} still there`);
        await until(async () => (await sidecar.mended()) > mended + 1);

        server.succeed('ip', 'rule', 'del', 'priority', '7808');
        const shown = (): string => server.succeed('ip', '-4', 'rule', 'show', 'priority', '7808');
        await until(() => shown().includes('lookup 7808'));
        assert.equal(shown().trim().split('\n').length, 1);
      } finally {
        await sidecar.close();
      }
    }),
);
