/** The holder is asked to end, and it is not the pod that ends: no app may lose its disk, or begin again on none. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needs } from '../../../needs.js';
import { until } from '../../mounted/until.js';
import type { Container } from './container.js';
import { Pod } from './pod.js';
import { numbers, Writer } from './writer.js';

const skip = needs('root', 'fuse', 'setpriv', 'unshare', 'network');
/** The kubelet gives a container that long at the least. */
const graceMs = 2000;

interface Setup {
  readonly pod: Pod;
  readonly mount: Container;
  readonly faults: Container;
}

async function startSetup(t: TestContext): Promise<Setup> {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  writeFileSync(join(pod.disk('data'), 'old'), 'of before');
  return { pod, mount: await pod.startMount(), faults: await pod.startFaults() };
}

/** What a kubelet does for an app's container that it starts. */
const prepare = ({ node, havock8s }: Pod): string =>
  node.run(`cd ${havock8s}/served; mkdir -p data/sub`).stderr;

test('asked to end while an app is at work it stays, and the app notices nothing, not even when the fault proxy dies later', {
  skip,
}, async (t) => {
  const { pod, mount, faults } = await startSetup(t);
  const writer = await Writer.start(pod, await pod.startApp(), 'data');
  for (let times = 0; times < 2; times++) {
    const before = mount.log.filter((line) => line.includes('"holder.stays"')).length;
    mount.send('SIGTERM');
    await until(() => mount.log.filter((line) => line.includes('"holder.stays"')).length > before);
    await writer.goesOn();
  }
  assert.equal(pod.mounts.length, 1);
  // By then it has forgotten that it was asked.
  const asked = performance.now();
  await until(() => performance.now() - asked > 6000);
  process.kill(faults.processCalled('havock8s-faults'), 'SIGKILL');
  await writer.goesOn();
  const written = await writer.stop();
  assert.deepEqual(writer.lines(), numbers(written));
  assert.equal(pod.mounts.length, 1);
});

test('asked to end, and then the fault proxy too, it ends as soon as the fault proxy is about to', {
  skip,
}, async (t) => {
  const { pod, mount, faults } = await startSetup(t);
  const writer = await Writer.start(pod, await pod.startApp(), 'data');
  mount.send('SIGTERM');
  await until(() => mount.says('"holder.stays"'));
  const ended = await Promise.all([mount.end(), faults.end()]);
  for (const tookMs of ended) assert.ok(tookMs < graceMs, `${tookMs} ms`);
  await writer.ended();
  assert.deepEqual(pod.mounts, []);
});

test('asked to end while the fault proxy is stopped, it takes the mounts away in time', {
  skip,
}, async (t) => {
  const { pod, mount, faults } = await startSetup(t);
  for (const pid of faults.processes) process.kill(pid, 'SIGSTOP');
  const tookMs = await mount.end();
  assert.ok(tookMs < graceMs, `${tookMs} ms`);
  assert.deepEqual(pod.mounts, []);
});

test('another holder that is started beside one that listens ends, and takes nothing away', {
  skip,
}, async (t) => {
  const { pod } = await startSetup(t);
  const app = await pod.startApp();
  await assert.rejects(pod.startAnotherMount(), /socket.failed/);
  assert.equal(pod.mounts.length, 1);
  assert.equal(await app.ask(`cat ${pod.app('data')}/old`), 'of before');
});

test('where nothing is mounted there is no directory: an app cannot begin on an empty disk in memory', {
  skip,
}, async (t) => {
  const { pod, mount, faults } = await startSetup(t);
  await faults.end();
  await mount.end();
  assert.match(prepare(pod), /symbolic links/, 'after the end');
  await pod.startMount();
  assert.match(prepare(pod), /symbolic links/, 'before anybody asks to mount');
  await pod.startFaults();
  assert.equal(prepare(pod), '');
  const app = await pod.startApp();
  assert.equal(await app.ask(`cat ${pod.app('data')}/old`), 'of before');
});
