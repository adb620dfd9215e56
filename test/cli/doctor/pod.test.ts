/** The doctor in the two containers of an injected pod, as `kubectl exec` starts it there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import type { Container } from '../../sidecar/supervise/pod/container.js';
import { Pod } from '../../sidecar/supervise/pod/pod.js';
import { type Examined, examine, verdictsOf } from './examined.js';

const skip = needs('root', 'fuse', 'setpriv', 'unshare', 'network');

const inside = (pod: Pod, { pid }: Container): Promise<Examined> =>
  examine(['nsenter', '--target', String(pid), '--mount', '--net', '--pid', '--'], ['--root', pod.havock8s]);

async function untilListed(pod: Pod, container: Container, count: number): Promise<void> {
  await until(async () => {
    const { of } = await inside(pod, container);
    return of('faults').some(({ found }) => found.startsWith(`${count} fault`));
  });
}

test('one pod', { skip }, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  const [mount, faults] = [await pod.startMount(), await pod.startFaults()];

  await t.test('a pod that is well is well in both of its containers', async () => {
    pod.annotate({ 'fault.havock8s.io/slow': 'disk latency 1ms on fsync' });
    await untilListed(pod, faults, 1);

    const ofFaults = await inside(pod, faults);
    assert.match(ofFaults.place, /^in container havock8s-faults of an injected pod/);
    assert.deepEqual([ofFaults.code, ofFaults.verdict], [0, 'ok'], JSON.stringify(ofFaults.findings));
    for (const check of ['kernel', 'fault-proxy', 'faults', 'run', 'annotations', 'holder', 'processes'])
      assert.deepEqual(verdictsOf(ofFaults, check), ['ok'], check);
    assert.match(ofFaults.of('annotations')[0]?.found ?? '', /faults in it: slow/);

    const ofMount = await inside(pod, mount);
    assert.match(ofMount.place, /^in container havock8s-mount of an injected pod/);
    assert.deepEqual([ofMount.code, ofMount.verdict], [0, 'ok'], JSON.stringify(ofMount.findings));
    for (const check of ['fuse', 'mounts', 'served', 'holder'])
      assert.deepEqual(verdictsOf(ofMount, check), ['ok'], check);
  });

  await t.test(
    'a served directory whose mounts do not get out is named, with what mends it on the node',
    async () => {
      const inMount = `nsenter --target ${mount.pid} --mount -- `;
      pod.node.succeed(`${inMount}mount --make-slave ${pod.havock8s}/served`);
      const ill = await inside(pod, mount);
      assert.equal(ill.code, 1);
      const [served] = ill.of('served');
      assert.match(served?.found ?? '', /master:/);
      assert.match(served?.do[0] ?? '', /mount --make-rshared \//);
      pod.node.succeed(`${inMount}mount --make-private ${pod.havock8s}/served`);
      assert.match((await inside(pod, mount)).of('served')[0]?.found ?? '', /it is private/);
    },
  );

  await t.test(
    'an annotations file that does not follow the pod, a fault that is refused, and fault proxies that are gone',
    async () => {
      pod.annotate({ 'fault.havock8s.io/bad': 'disk latensy 1ms' });
      await until(async () => /latency/.test((await inside(pod, faults)).of('faults')[0]?.found ?? ''));
      const refusing = await inside(pod, faults);
      assert.equal(refusing.of('faults')[0]?.subject, 'bad');
      assert.equal(refusing.code, 1);

      pod.node.succeed(`cd ${pod.havock8s}/pod; cp annotations copy; rm ..data; mv copy annotations`);
      assert.match((await inside(pod, faults)).of('annotations')[0]?.found ?? '', /no link \.\.data/);

      const faultProxies = faults.processes.slice(1);
      // The supervisor, stopped, starts no other.
      process.kill(faults.pid, 'SIGSTOP');
      for (const pid of faultProxies) process.kill(pid, 'SIGKILL');
      const silent = await inside(pod, faults);
      assert.match(silent.of('fault-proxy')[0]?.found ?? '', /does not answer|not where it was sought/);
      process.kill(faults.pid, 'SIGCONT');
    },
  );
});

test('the holder that is gone, a full run directory and a fault proxy that was started again are told', {
  skip,
}, async (t) => {
  const pod = await Pod.start(t, { volumes: [{ name: 'data' }] });
  const [mount, faults] = [await pod.startMount(), await pod.startFaults()];
  await until(() => faults.processCalled('havock8s-spare') !== 0);
  process.kill(faults.processCalled('havock8s-faults'), 'SIGKILL');
  await until(async () =>
    /started again once/.test((await inside(pod, faults)).of('fault-proxy')[0]?.found ?? ''),
  );
  await mount.kill();
  pod.node.run(`head -c 32m /dev/zero > ${pod.havock8s}/run/filling`);
  const ill = await inside(pod, faults);
  assert.equal(ill.code, 1);
  assert.deepEqual(verdictsOf(ill, 'holder'), ['broken']);
  assert.match(ill.of('run')[0]?.found ?? '', /^0\.0 MiB free of 16\.0 MiB/);
  assert.deepEqual(verdictsOf(ill, 'fault-proxy'), ['warning']);
});
