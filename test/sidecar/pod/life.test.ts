/** The two sidecars of a pod from start to end, in order and out of it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { rssMb } from './container.js';
import { Pod } from './pod.js';

const skip = needs('root', 'fuse', 'setpriv', 'unshare', 'network');

test('the app reads and writes its volume through its subPath, and the sidecars end in order', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  writeFileSync(join(pod.disk('data'), 'before'), 'here');
  assert.equal(pod.isServing, false);
  const started = performance.now();
  const mount = await pod.startMount();
  const listened = performance.now();
  const faults = await pod.startFaults();
  const served = performance.now();
  const app = await pod.startApp();
  const data = pod.app('data');
  assert.equal(await app.ask(`cat ${data}/before`), 'here');
  assert.equal(await app.ask(`echo new > ${data}/file && stat -f -c %T ${data}`), 'fuseblk');
  assert.equal(readFileSync(join(pod.disk('data'), 'file'), 'utf8'), 'new\n');
  t.diagnostic(
    `holder listens after ${Math.round(listened - started)} ms, serving ${Math.round(served - listened)} ms later`,
  );
  for (const pid of [...mount.processes, ...faults.processes])
    t.diagnostic(`${readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]}: ${rssMb(pid)} MB`);
  await app.close();
  const [faultsMs, mountMs] = [await faults.end(), await mount.end()];
  t.diagnostic(`ended in ${Math.round(faultsMs)} and ${Math.round(mountMs)} ms`);
  console.log(faults.log.join('\n'), mount.log.join('\n'));
  assert.deepEqual([await faults.gone, await mount.gone], [0, 0]);
  assert.deepEqual(pod.mounts, []);
  assert.equal(pod.isServing, false);
  assert.equal(pod.holderListens, false);
});
