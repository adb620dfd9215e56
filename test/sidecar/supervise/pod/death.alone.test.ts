/** Either sidecar of a pod, or both, killed with SIGKILL and started again by the kubelet. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needs } from '../../../needs.js';
import { until } from '../../mounted/until.js';
import type { App } from './app.js';
import type { Container } from './container.js';
import { Pod } from './pod.js';
import { numbers, Writer } from './writer.js';

const skip = needs('root', 'fuse', 'setpriv', 'unshare', 'network');

interface Setup {
  readonly pod: Pod;
  readonly mount: Container;
  readonly faults: Container;
  /** Has a file open that has no name any more, as descriptor 3. */
  readonly app: App;
}

async function startSetup(t: TestContext): Promise<Setup> {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  writeFileSync(join(pod.disk('data'), 'old'), 'of before');
  const mount = await pod.startMount();
  const faults = await pod.startFaults();
  const app = await pod.startApp();
  const file = `${pod.app('data')}/nameless`;
  assert.equal(await app.ask(`exec 3<>${file}; echo kept >&3; rm ${file}`), '');
  return { pod, mount, faults, app };
}

const nameless = (app: App): Promise<string> => app.ask('cat /proc/self/fd/3');

test('the faults are killed under load and started again: nothing is lost', { skip }, async (t) => {
  const { pod, faults, app } = await startSetup(t);
  const writer = await Writer.start(pod, await pod.startApp(), 'data');
  for (let killed = faults, round = 0; round < 3; round++) {
    await killed.kill();
    killed = await pod.startFaults();
    await writer.goesOn();
  }
  const written = await writer.stop();
  assert.deepEqual(writer.lines(), numbers(written));
  assert.equal(await nameless(app), 'kept');
});

test('the holder is killed and started again: the app notices nothing, not even when the faults die next', {
  skip,
}, async (t) => {
  const { pod, mount, faults, app } = await startSetup(t);
  const writer = await Writer.start(pod, await pod.startApp(), 'data');
  await mount.kill();
  await writer.goesOn();
  assert.equal(
    await app.ask(`exec 4<>${pod.app('data')}/late; echo late >&4; rm ${pod.app('data')}/late`),
    '',
  );
  await pod.startMount();
  await until(() => faults.says('"holder.found"'));
  assert.equal(pod.mounts.length, 1);
  await writer.goesOn();
  assert.equal(await nameless(app), 'kept');

  await faults.kill();
  const next = await pod.startFaults();
  await writer.goesOn();
  const written = await writer.stop();
  assert.deepEqual(writer.lines(), numbers(written));
  assert.equal(await nameless(app), 'kept');
  assert.equal(await app.ask('cat /proc/self/fd/4'), 'late');
  assert.equal(pod.mounts.length, 1);
  assert.match(next.log.join('\n'), /"restarts":1/);
});

test('the holder is killed and started again, and then the fault proxy alone: the standby takes over from it', {
  skip,
}, async (t) => {
  const { pod, mount, faults, app } = await startSetup(t);
  await until(() => faults.processCalled('havock8s-spare') !== 0);
  await mount.kill();
  await pod.startMount();
  await until(() => faults.says('"holder.found"'));
  process.kill(faults.processCalled('havock8s-faults'), 'SIGKILL');
  assert.equal(await nameless(app), 'kept');
  assert.equal(await app.ask(`cat ${pod.app('data')}/old`), 'of before');
});

test('the fault proxy and the holder are killed: the standby waits for a holder, and the volume is there again', {
  skip,
}, async (t) => {
  const { pod, mount, faults, app } = await startSetup(t);
  await until(() => faults.processCalled('havock8s-spare') !== 0);
  const faultProxy = faults.processCalled('havock8s-faults');
  await mount.kill();
  process.kill(faultProxy, 'SIGKILL');
  await pod.startMount();
  const old = `cat ${pod.app('data')}/old`;
  await until(async () => (await app.ask(old)) === 'of before');
  assert.equal(pod.mounts.length, 2, 'over the dead mount');
  assert.notEqual(await nameless(app), 'kept');
});

test('both are killed and started again: the app finds its volume at its path, and files that were open are lost', {
  skip,
}, async (t) => {
  const { pod, mount, faults, app } = await startSetup(t);
  await Promise.all([mount.kill(), faults.kill()]);
  assert.match(await app.ask(`cat ${pod.app('data')}/old`), /not connected/);
  const nextMount = await pod.startMount();
  const nextFaults = await pod.startFaults();
  assert.equal(await app.ask(`cat ${pod.app('data')}/old`), 'of before');
  assert.equal(await app.ask(`echo more > ${pod.app('data')}/more; cat ${pod.app('data')}/more`), 'more');
  assert.notEqual(await nameless(app), 'kept');

  await app.close();
  assert.ok((await nextFaults.end()) < 2000);
  assert.ok((await nextMount.end()) < 2000);
  assert.deepEqual(pod.mounts, [], 'the dead one below is gone too');
});

test('a thousand files are handed to another holder, and all of them are there after the next death', {
  skip,
}, async (t) => {
  const { pod, mount, faults, app } = await startSetup(t);
  const [data, files] = [pod.app('data'), 1000];
  const all = `cat ${data}/f* | sort | uniq | wc -l`;
  await app.ask(`cd ${data}; for i in $(seq ${files}); do echo $i > f$i; ln f$i also$i; done; cd /`);
  assert.equal(await app.ask(all), `${files}`);
  await mount.kill();
  const next = await pod.startMount();
  await until(() => faults.says('"holder.found"'));
  // Everything was sent by then, and the holder is taking it from its socket.
  await until(() => next.descriptors > files);
  await faults.kill();
  await pod.startFaults();
  assert.equal(await app.ask(all), `${files}`);
  assert.equal(await nameless(app), 'kept');
});

test('the faults see the disk by a new mount when they are started again: names of before are linked and moved all the same', {
  skip,
}, async (t) => {
  const { pod, mount, faults, app } = await startSetup(t);
  const here = `cd ${pod.app('data')}`;
  // Of a file that lost a name and lives on by another the holder keeps a descriptor.
  assert.equal(await app.ask(`${here}; mkdir from to; ln old from/name; ln old other; rm other`), '');
  const moves = `${here}; ln from/name to/link; mv from/name to/name; rm to/link; mv to/name from/name`;
  await faults.kill();
  const second = await pod.startFaults();
  assert.equal(await app.ask(moves), '');

  await mount.kill();
  await pod.startMount();
  await until(() => second.says('"holder.found"'));
  await second.kill();
  await pod.startFaults();
  assert.equal(await app.ask(moves), '');
  assert.equal(await app.ask(`${here}; cat old from/name; ls to`), 'of beforeof before');
});

test('a mount within the disk is still seen when the faults are started again', {
  skip,
}, async (t) => {
  const { pod, faults, app } = await startSetup(t);
  const within = `${pod.havock8s}/backing/data/within`;
  assert.equal(await app.ask(`mkdir ${pod.app('data')}/within`), '');
  pod.node.succeed(`mount -t tmpfs none ${within}; echo inner >${within}/file`);
  await faults.kill();
  await pod.startFaults();
  assert.equal(await app.ask(`cat ${pod.app('data')}/within/file`), 'inner');
});

test('the faults are asked to end under load and started again: no write fails', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }], faultsArgs: ['--inbound', '5000'] });
  await pod.startMount();
  let faults = await pod.startFaults();
  const app = await pod.startApp();
  const stop = join(pod.root, 'stop');
  // Large, so that the death finds one that is just being copied.
  const writing = app.ask(
    `for name in a b c d; do
       { until [ -e ${stop} ]; do dd if=/dev/zero of=${pod.app('data')}/$name bs=1M count=8 conv=notrunc,fsync status=none; done; } &
     done; wait`,
  );
  for (let round = 0; round < 8; round++) {
    await faults.end();
    faults = await pod.startFaults();
  }
  writeFileSync(stop, '');
  assert.equal(await writing, '');
});
