/** The claim is a FUSE file system that dies on the node, and that the node mounts again: a real bindfs. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lastFirst } from '../../../cli/last-first.js';
import { needs } from '../../../needs.js';
import { until } from '../../mounted/until.js';
import { Pod } from './pod.js';

const skip = needs('root', 'fuse', 'setpriv', 'unshare', 'network', 'bindfs');

/** Over the mount point of the claim; the function has it die and takes its mount away. */
async function mountClaim(t: TestContext, pod: Pod, source: string): Promise<() => Promise<void>> {
  const place = pod.backing('data');
  const [program = '', ...words] = pod.node.entering(['bindfs', '-f', source, place]);
  const bindfs = spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  lastFirst(t, () => void bindfs.kill('SIGKILL'));
  const mounted = () => pod.node.succeed('cat /proc/self/mounts').includes(` ${place} fuse `);
  await until(mounted);
  return async () => {
    bindfs.kill('SIGKILL');
    await until(() => bindfs.exitCode !== null || bindfs.signalCode !== null);
    pod.node.succeed(`umount --lazy ${place}`);
  };
}

test('a claim that died is served again by a new container of the faults that has it, and its mount point never', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  const source = join(pod.root, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'file'), 'first');
  const die = await mountClaim(t, pod, source);
  await pod.startMount();
  let faults = await pod.startFaults();
  const app = await pod.startApp();
  const read = `cat ${pod.app('data')}/file`;
  const write = `echo lost > ${pod.app('data')}/made`;
  assert.equal(await app.ask(read), 'first');

  await die();
  await until(() => faults.says('disk.gone'));
  assert.match(await app.ask(write), /not connected/);
  await faults.kill();
  faults = await pod.startFaults();
  assert.match(await app.ask(write), /not connected/, 'the new container has the mount point alone');
  await until(() => faults.says('what lies there now is another'));
  assert.deepEqual(readdirSync(pod.disk('data')), [], 'what lies beneath the mount point');

  await mountClaim(t, pod, source);
  await faults.kill();
  await pod.startFaults();
  assert.equal(await app.ask(read), 'first');
  assert.equal(await app.ask(`echo kept > ${pod.app('data')}/made`), '');
  assert.equal(readFileSync(join(source, 'made'), 'utf8'), 'kept\n');
});
