/**
 * The read-only port of a pod, on a network of its own: whatever is cut off, it is reached, since by it others see what is
 * on and that it is off again.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Shape } from '../../../../sidecar/control/api.js';
import { lastFirst } from '../../../cli/last-first.js';
import { killIfThere } from '../../../kill-if-there.js';
import { needs } from '../../../needs.js';
import { until } from '../../mounted/until.js';
import { addresses, type HostPair, startPair } from '../../network/host.js';
import { Peer } from '../../network/peer.js';
import type { Container } from './container.js';
import { nameOf } from './container.js';
import { Pod } from './pod.js';

const skip = needs('root', 'setpriv', 'unshare', 'network');
const port = 5000;
const readOnlyPort = 7807;

interface Setup {
  readonly pair: HostPair;
  readonly pod: Pod;
  readonly faults: Container;
  /** On another host. */
  readonly caller: Peer;
}

async function startSetup(t: TestContext): Promise<Setup> {
  const pair = await startPair();
  lastFirst(t, () => pair.close());
  const pod = await Pod.start(t, {
    volumes: [],
    network: pair.server,
    faultsArgs: [
      ...[`--inbound=${port}`, '--outbound=6000', `--read-only-port=${readOnlyPort}`],
      '--pod=shop/pg-0/0b5e',
    ],
  });
  const local = await Peer.start(pair.server);
  await local.listen(port);
  const caller = await Peer.start(pair.client);
  const faults = await pod.startFaults();
  await until(() => faults.says('"read-only.listening"'));
  return { pair, pod, faults, caller };
}

const at = (family: 'ipv4' | 'ipv6'): string =>
  family === 'ipv4' ? addresses.server.ipv4 : `[${addresses.server.ipv6}]`;

async function shown(caller: Peer, family: 'ipv4' | 'ipv6' = 'ipv4'): Promise<Shape<'FaultList'>> {
  const { status, text } = await caller.request('GET', `http://${at(family)}:${readOnlyPort}/v1/faults`);
  assert.equal(status, 200, text);
  return JSON.parse(text);
}

/** Of everything, in every way that there is. */
const severe = [
  ['tcp partition', 'nothing'],
  ['tcp partition with node,0.0.0.0/0,::/0', 'nothing'],
  ['tcp partition from 10.77.0.0/24,fd77::/64', 'nothing'],
  ['tcp partition to 10.77.0.0/24,fd77::/64', 'nothing'],
  ['tcp loss 100%', 'nothing'],
  ['tcp refuse', 'ECONNREFUSED'],
  ['tcp blackhole', 'connected'],
] as const;

test('whatever is cut off, the read-only port is reached, and tells what is on and that it is off', {
  skip,
}, async (t) => {
  const { pod, caller } = await startSetup(t);
  for (const [sentence, comes] of severe)
    await t.test(sentence, async () => {
      pod.annotate({ 'fault.havock8s.io/all': sentence });
      await until(async () => (await shown(caller)).faults.some(({ state }) => state === 'armed'));
      assert.equal(await caller.connectWithin(addresses.server.ipv4, port, 1500), comes);
      if (comes === 'connected') assert.equal(await caller.say('hello', 500), 'nothing');
      await until(async () => {
        const [fault] = (await shown(caller, 'ipv6')).faults;
        return fault !== undefined && fault.tallies.injected > 0;
      });
      pod.annotate({});
      await until(async () => (await shown(caller)).faults.length === 0);
      assert.equal(await caller.connect(addresses.server.ipv4, port), 'connected');
      assert.equal(await caller.say('hello'), `${addresses.client.ipv4} hello`);
    });
});

test('it says whose sidecar it is, changes nothing, and outlives a fault proxy', { skip }, async (t) => {
  const { pod, faults, caller } = await startSetup(t);
  pod.annotate({ 'fault.havock8s.io/slow': 'tcp latency 1ms' });
  await until(async () => (await shown(caller)).faults.length === 1);
  const before = (await shown(caller)).sidecar;
  assert.deepEqual(before.pod, { namespace: 'shop', name: 'pg-0', uid: '0b5e' });
  assert.equal(before.draining, false);
  const url = `http://${at('ipv4')}:${readOnlyPort}`;
  for (const [method, path, status] of [
    ['DELETE', '/v1/faults', 405],
    ['PUT', '/v1/faults/slow', 404],
    ['GET', '/v1/status', 404],
  ] as const)
    assert.equal((await caller.request(method, url + path)).status, status, path);
  assert.deepEqual(
    (await caller.request('GET', `${url}/metrics`)).text.match(/^havock8s_fault_armed.*$/m)?.[0],
    'havock8s_fault_armed{fault="slow",plane="tcp",effect="latency"} 1',
  );
  for (const pid of faults.processes.filter((pid) => nameOf(pid) === 'havock8s-faults')) killIfThere(pid);
  // It waits for the next fault proxy, and is not refused.
  const { sidecar, faults: listed } = await shown(caller);
  assert.deepEqual(
    listed.map(({ name, state }) => [name, state]),
    [['slow', 'armed']],
  );
  assert.notEqual(sidecar.startedAt, before.startedAt);
});

test('a pod that has the port itself runs without ours, and the log says so', { skip }, async (t) => {
  const pair = await startPair();
  lastFirst(t, () => pair.close());
  const taken = await Peer.start(pair.server);
  await taken.listen(readOnlyPort);
  const pod = await Pod.start(t, {
    volumes: [],
    network: pair.server,
    faultsArgs: [`--inbound=${port}`, `--read-only-port=${readOnlyPort}`],
  });
  const faults = await pod.startFaults();
  assert.ok(faults.says('"read-only.off"'));
  const caller = await Peer.start(pair.client);
  assert.equal(await caller.connect(addresses.server.ipv4, readOnlyPort), 'connected');
  assert.equal(await caller.say('hello'), `${addresses.client.ipv4} hello`);
});
