/** The two sidecars of a pod from start to end, in order and out of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../../needs.js';
import { slowdown } from '../../../slowdown.js';
import { until } from '../../mounted/until.js';
import { isThere, nameOf, rssMb } from './container.js';
import { Pod } from './pod.js';
import { numbers, Writer } from './writer.js';

const skip = needs('root', 'fuse', 'setpriv', 'unshare', 'network');
/** The kubelet gives a container that long at the least. */
const graceMs = 2000;

test('the app uses its volume through its subPath, and the sidecars end in order, leaving nothing', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  writeFileSync(join(pod.disk('data'), 'before'), 'here');
  const started = performance.now();
  const mount = await pod.startMount();
  assert.equal(pod.isServing, false);
  const listening = performance.now();
  const faults = await pod.startFaults();
  t.diagnostic(
    `the holder listened after ${ms(started, listening)}, and volumes were served ${ms(listening)} later`,
  );
  const app = await pod.startApp();
  const data = pod.app('data');
  assert.equal(await app.ask(`cat ${data}/before; echo; stat -f -c %T ${data}`), 'here\nfuseblk');
  await app.ask(`echo new > ${data}/file`);
  assert.equal(readFileSync(join(pod.disk('data'), 'file'), 'utf8'), 'new\n');

  await until(() => faults.processCalled('havock8s-spare') !== 0);
  for (const pid of [...mount.processes, ...faults.processes])
    t.diagnostic(`${nameOf(pid)} has ${Math.round(rssMb(pid))} MB`);
  assert.ok(rssMb(mount.pid) < 70, 'the holder is small');
  assert.ok(rssMb(faults.pid) < 70, 'the supervisor is small');

  await app.close();
  for (const container of [faults, mount]) {
    const tookMs = await container.end();
    t.diagnostic(`ended after ${Math.round(tookMs)} ms`);
    assert.ok(tookMs < graceMs * slowdown());
    assert.equal(await container.gone, 0);
  }
  assert.deepEqual(pod.mounts, []);
  assert.deepEqual([pod.holderListens, pod.isServing], [false, false]);
  assert.deepEqual(readdirSync(pod.disk('data')).toSorted(), ['before', 'file']);
});

const endings = {
  'both at once': ['both'],
  'the faults first': ['faults', 'mount'],
} as const;

for (const [how, order] of Object.entries(endings)) {
  test(`ended ${how} while the app still writes, nothing hangs and no byte is gone`, { skip }, async (t) => {
    const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
    writeFileSync(join(pod.disk('data'), 'before'), 'here');
    const containers = { mount: await pod.startMount(), faults: await pod.startFaults() };
    const writer = await Writer.start(pod, await pod.startApp(), 'data');
    const { mount, faults } = containers;
    for (const who of order) {
      const ended = (who === 'both' ? [mount, faults] : [containers[who]]).map((one) => one.end());
      for (const tookMs of await Promise.all(ended))
        assert.ok(tookMs < graceMs * slowdown(), `${who}: ${tookMs} ms`);
    }
    const written = await writer.ended();
    const lines = writer.lines();
    assert.deepEqual(lines.slice(0, written), numbers(written));
    assert.equal(readFileSync(join(pod.disk('data'), 'before'), 'utf8'), 'here');
    assert.deepEqual(pod.mounts, []);
  });
}

test('a volume is mounted as the disk beneath it is, and read-only where the pod has it so', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, {
    volumes: [
      { name: 'data', mountOptions: 'noexec,nosuid,nodev,noatime' },
      { name: 'wal', readOnly: true },
    ],
  });
  writeFileSync(join(pod.disk('wal'), 'file'), 'there');
  await pod.startMount();
  await pod.startFaults();
  const app = await pod.startApp();
  const [data = '', wal = ''] = pod.mounts.toSorted().map((line) => line.split(' ')[3] ?? '');
  assert.match(data, /^rw,nosuid,nodev,noexec,noatime,/);
  assert.match(wal, /^ro,/);
  assert.match(
    await app.ask(`cp /bin/true ${pod.app('data')} && ${pod.app('data')}/true`),
    /Permission denied/,
  );
  assert.match(
    await app.ask(`cat ${pod.app('wal')}/file; touch ${pod.app('wal')}/new`),
    /^there.*Read-only file system/s,
  );
});

test('what the node mounts later within a claim that follows it is seen by the app, after a new start of the faults too', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data', followsNode: true }] });
  await pod.startMount();
  let faults = await pod.startFaults();
  const app = await pod.startApp();
  const mountOnNode = (name: string): string =>
    pod.node.succeed(`
      mkdir -p ${pod.disk('data')}/${name}
      mount -t tmpfs none ${pod.backing('data')}/${name}
      echo ${name} > ${pod.backing('data')}/${name}/file
    `);
  const unmountOnNode = (name: string): string =>
    pod.node.succeed(`umount --lazy ${pod.backing('data')}/${name}`);
  const seen = (name: string): Promise<string> => app.ask(`cat ${pod.app('data')}/${name}/file`);
  mountOnNode('first');
  await until(async () => (await seen('first')) === 'first');
  unmountOnNode('first');
  await until(async () => /No such file/.test(await seen('first')));
  for (const name of ['second', 'third']) {
    await faults.kill();
    faults = await pod.startFaults();
    mountOnNode(name);
    await until(async () => (await seen(name)) === name);
  }
  assert.equal(await seen('second'), 'second');
});

test('one pod', { skip }, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  const [mount, faults] = [await pod.startMount(), await pod.startFaults()];

  await t.test(
    'who is root beside them, as in a pod that shares its processes, does not see into any process of ours',
    async (t) => {
      await until(() => faults.processCalled('havock8s-spare') !== 0);
      const look = (pid: number) =>
        pod.node.run(
          `setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace ls /proc/${pid}/root /proc/${pid}/fd`,
        );
      // Without this one the others say nothing: of any other process it is allowed.
      const control = spawn('setpriv', ['--bounding-set=-sys_ptrace', '--pdeathsig=KILL', 'sleep', '60']);
      t.after(() => control.kill());
      await until(() => look(control.pid ?? 0).code === 0);
      const ours = [mount, faults].flatMap(({ processes }) => processes);
      assert.deepEqual(ours.map(nameOf), [
        'havock8s-mount',
        'havock8s-supervisor',
        'havock8s-faults',
        'havock8s-spare',
      ]);
      for (const pid of ours) assert.match(look(pid).stderr, /Permission denied/, nameOf(pid));
    },
  );

  await t.test('what others leave behind in the containers does not stay there as zombies', async () => {
    for (const { pid } of [mount, faults]) {
      const orphan = `nsenter --target ${pid} --pid -- sh -c 'sleep 2 & exit' > /dev/null 2>&1`;
      pod.node.succeed(`${orphan}\n${orphan}`);
    }
    // A shell's child is called so until it has begun to sleep.
    const isOrphan = (pid: number): boolean => ['sh', 'sleep'].includes(nameOf(pid));
    const orphans = [mount, faults].flatMap(({ processes }) => processes.filter(isOrphan));
    assert.equal(orphans.length, 4);
    await until(() => !orphans.some(isThere));
  });

  await t.test('a frozen write does not keep either from ending', async () => {
    pod.annotate({ 'fault.havock8s.io/ice': 'disk freeze on write' });
    await until(() => faults.says('"ice"'));
    const app = await pod.startApp();
    const written = app.ask(`echo x > ${pod.app('data')}/file`);
    await until(() => readdirSync(pod.disk('data')).includes('file'));
    assert.ok((await faults.end()) < graceMs * slowdown());
    assert.ok((await mount.end()) < graceMs * slowdown());
    await written;
  });
});

test('an annotation hits the volume, and its removal ends the fault', { skip }, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  pod.annotate({ 'fault.havock8s.io/eio': 'disk error EIO on write in wal/**', unrelated: 'x' });
  await pod.startMount();
  await pod.startFaults();
  const app = await pod.startApp();
  const write = `mkdir -p ${pod.app('data')}/wal; echo x > ${pod.app('data')}/wal/file`;
  assert.match(await app.ask(write), /I\/O error/);
  pod.annotate({ unrelated: 'x' });
  await until(async () => (await app.ask(write)) === '');
  pod.annotate({ 'fault.havock8s.io/full': 'disk readonly' });
  await until(async () => /Read-only file system/.test(await app.ask(write)));
});

test('faults that are started before their holder wait for it; SIGTERM ends them at any moment of their start', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  const first = await pod.beginFaults();
  await until(() => first.processCalled('havock8s-faults') !== 0);
  assert.equal(pod.isServing, false);
  await pod.startMount();
  await until(() => pod.isServing);
  await first.end();
  for (const lookedFor of ['havock8s-supervisor', 'havock8s-faults']) {
    const faults = await pod.beginFaults();
    await until(() => faults.processCalled(lookedFor) !== 0);
    assert.ok((await faults.end()) < graceMs * slowdown(), lookedFor);
    assert.equal(await faults.gone, 0, faults.log.join('\n'));
    assert.equal(pod.isServing, false);
  }
});

const ms = (from: number, to = performance.now()): string => `${Math.round(to - from)} ms`;
