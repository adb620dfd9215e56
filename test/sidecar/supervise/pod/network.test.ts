/** The TCP proxy in a pod: rules are there while it serves, and connections go direct when it does not. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { lastFirst } from '../../../cli/last-first.js';
import { killIfThere } from '../../../kill-if-there.js';
import { needs } from '../../../needs.js';
import { slowdown } from '../../../slowdown.js';
import { until } from '../../mounted/until.js';
import { addresses, type HostPair, startPair } from '../../network/host.js';
import { leftBehind } from '../../network/left-behind.js';
import { Peer } from '../../network/peer.js';
import { nameOf } from './container.js';
import { Pod } from './pod.js';

const skip = needs('root', 'setpriv', 'unshare', 'network');
const skipWithDisk = needs('root', 'fuse', 'setpriv', 'unshare', 'network');
const port = 5000;
const graceMs = 2000;

interface Setup {
  readonly pair: HostPair;
  readonly pod: Pod;
  /** On another host. */
  readonly caller: Peer;
  /** In the pod. */
  readonly local: Peer;
}

async function startSetup(t: TestContext, ...names: readonly string[]): Promise<Setup> {
  const pair = await startPair();
  lastFirst(t, () => pair.close());
  const pod = await Pod.start(t, {
    volumes: names.map((name) => ({ name })),
    network: pair.server,
    faultsArgs: [`--inbound=${port}`, '--outbound=', '--node=10.77.0.9,fd77::9'],
  });
  const local = await Peer.start(pair.server);
  await local.listen(port);
  return { pair, pod, local, caller: await Peer.start(pair.client) };
}

test('a pod with ports alone: the server sees who calls, an annotation refuses, and nothing is left', {
  skip,
}, async (t) => {
  const { pair, pod, caller } = await startSetup(t);
  const faults = await pod.startFaults();
  assert.equal(await caller.connect(addresses.server.ipv4, port), 'connected');
  assert.equal(await caller.say('hello'), `${addresses.client.ipv4} hello`);
  assert.notDeepEqual(leftBehind(pair.server), []);

  pod.annotate({ 'fault.havock8s.io/no': `tcp refuse port ${port}` });
  await until(async () => (await caller.connect(addresses.server.ipv4, port)) === 'ECONNREFUSED');
  pod.annotate({});
  await until(async () => (await caller.connect(addresses.server.ipv4, port)) === 'connected');

  const tookMs = await faults.end();
  assert.ok(tookMs < graceMs * slowdown(), `${tookMs} ms`);
  assert.deepEqual(leftBehind(pair.server), []);
  assert.equal(await caller.connect(addresses.server.ipv4, port), 'connected');
});

test('the faults are killed with rules in place, and started again: connections are intercepted as before', {
  skip,
}, async (t) => {
  const { pair, pod, caller } = await startSetup(t);
  const killed = await pod.startFaults();
  await killed.kill();
  assert.notDeepEqual(leftBehind(pair.server), []);
  const faults = await pod.startFaults();
  assert.equal(await caller.connect(addresses.server.ipv4, port), 'connected');
  assert.equal(await caller.say('hello'), `${addresses.client.ipv4} hello`);
  await faults.end();
  assert.deepEqual(leftBehind(pair.server), []);
});

test('disk and network together, and the usual port taken: the endpoint takes another, and its log says so', {
  skip: skipWithDisk,
}, async (t) => {
  const { pair, pod, caller, local } = await startSetup(t, 'data');
  const taken = await Peer.start(pair.server);
  await taken.listen(7808);
  const mount = await pod.startMount();
  const faults = await pod.startFaults();
  const app = await pod.startApp();
  assert.equal(await app.ask(`echo x > ${pod.app('data')}/file; cat ${pod.app('data')}/file`), 'x');
  assert.equal(await caller.connect(addresses.server.ipv4, port), 'connected');
  await until(() => faults.says('"control.listening"'));
  const [, url = ''] = /"url":"([^"]+)"/.exec(faults.log.join('\n')) ?? [];
  assert.ok(faults.says('"control.other-port"'));
  const { status, text } = await local.request('GET', `${url}/v1/status`);
  assert.equal(status, 200, text);
  const { disk, tcp } = JSON.parse(text);
  assert.deepEqual([disk.mounts.length, tcp.interception.inboundPorts], [1, [port]]);
  assert.ok(tcp.interception.node.includes('10.77.0.9'));
  await app.close();
  assert.ok((await faults.end()) < graceMs * slowdown());
  assert.ok((await mount.end()) < graceMs * slowdown());
  assert.deepEqual([leftBehind(pair.server), pod.mounts], [[], []]);
});

test('while no fault proxy serves for two seconds connections go direct and the file is gone; then both are back', {
  skip,
}, async (t) => {
  const { pair, pod } = await startSetup(t);
  const faults = await pod.startFaults();
  const faultProxies = (): readonly number[] =>
    faults.processes.filter((pid) => ['havock8s-faults', 'havock8s-spare'].includes(nameOf(pid)));
  const killer = setInterval(() => {
    for (const pid of faultProxies()) killIfThere(pid);
  }, 20);
  try {
    await until(() => !pod.isServing);
    const table = (): string => pair.server.run('nft', 'list', 'table', 'inet', 'havock8s').stdout;
    await until(() => {
      const rules = table();
      return rules !== '' && !/tproxy|dport/.test(rules);
    });
  } finally {
    clearInterval(killer);
  }
  await until(() => pod.isServing);
});
