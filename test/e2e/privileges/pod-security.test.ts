import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import type { StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { toldByEvent } from '../webhook/event.js';
import { ourContainers, redisPod, statefulSet } from './redis-pod.js';

const skip = needsCluster();
const enforce = 'pod-security.kubernetes.io/enforce';

suite('Pod Security of a namespace', { skip }, () => {
  for (const level of ['baseline', 'restricted'] as const)
    test(`${level} admits no sidecar: pods run as they are, whoever makes them is warned, the workload has an event`, (t) =>
      Environment.play({ name: level, labels: { [enforce]: level } }, async (environment) => {
        const warned = await environment.apply([
          redisPod('both'),
          redisPod('ports', { [annotation.volumes]: 'none' }),
          statefulSet('workload'),
        ]);
        for (const line of warned.split('\n').filter(Boolean)) t.diagnostic(line);
        const sentence = `Pod Security of its namespace admits no sidecar.*the level is ${level}`;
        assert.match(warned, new RegExp(sentence));
        await environment.succeed(['rollout', 'status', 'statefulset/workload', '--timeout=240s']);
        for (const name of ['both', 'ports', 'workload-0']) {
          await ready(environment, name);
          assert.deepEqual(ourContainers(await podOf(environment, name)), []);
          assert.equal((await podOf(environment, name)).metadata.annotations?.[annotation.status], undefined);
        }
        const [message = ''] = await toldByEvent(environment, 'workload');
        assert.match(message, new RegExp(sentence));
        t.diagnostic(`event at the StatefulSet: ${message}`);

        const annotate = ['annotate', 'pod', 'both', 'fault.havock8s.io/slow=disk latency 1ms'];
        const { code, stderr } = await environment.run(annotate);
        assert.equal(code, 0);
        assert.match(stderr, /this pod has no sidecar of havock8s/);

        const raise = ['label', '--overwrite', 'namespace', environment.namespace, `${enforce}=privileged`];
        await environment.cluster.succeed(raise);
        await environment.succeed(['rollout', 'restart', 'statefulset/workload']);
        await environment.succeed(['rollout', 'status', 'statefulset/workload', '--timeout=240s']);
        assert.deepEqual(ourContainers(await podOf(environment, 'workload-0')).map(nameOf), [
          sidecar.mount,
          sidecar.faults,
        ]);
      }));

  test('privileged admits disk and TCP faults, and faults of both hit', () =>
    Environment.play({ name: 'privileged', labels: { [enforce]: 'privileged' } }, async (environment) => {
      assert.equal(await environment.apply([redisPod('both')]), '');
      await ready(environment, 'both');
      await environment.succeed([
        ...['annotate', 'pod', 'both'],
        'fault.havock8s.io/disk=disk latency 1ms on write,fsync',
        'fault.havock8s.io/tcp=tcp latency 1ms port 6379',
      ]);
      const inFaults = (script: string): Promise<string> =>
        environment.exec('both', sidecar.faults, ['timeout', '40', 'sh', '-ec', script]);
      await inFaults(`until [ "$(havock8s ls | grep -c ' armed ')" = 2 ]; do sleep 0.2; done`);
      const { status } = await podOf(environment, 'both');
      const client = redisPod('client', { [annotation.inject]: 'false' });
      await environment.apply([client]);
      await ready(environment, 'client');
      await environment.exec('client', 'redis', [
        'timeout',
        '20',
        'redis-cli',
        '-h',
        status?.podIP ?? '',
        'SET',
        'a',
        'b',
      ]);
      const listed = JSON.parse(await inFaults('havock8s ls --output=json')) as Listed;
      for (const { name, tallies } of listed.faults) assert.ok(tallies.injected > 0, name);
      assert.equal(listed.faults.length, 2);
    }));

  test('a pod with ports alone has nothing that is privileged, and its TCP faults hit', () =>
    Environment.play({ name: 'tcp-only', labels: { [enforce]: 'privileged' } }, async (environment) => {
      await environment.apply([redisPod('ports', { [annotation.volumes]: 'none' })]);
      await ready(environment, 'ports');
      const pod = await podOf(environment, 'ports');
      const [faults, ...more] = ourContainers(pod);
      assert.deepEqual([faults?.name, ...more], [sidecar.faults]);
      assert.equal(faults?.securityContext?.privileged ?? false, false);
      assert.equal(faults?.securityContext?.allowPrivilegeEscalation, false);
      assert.deepEqual(faults?.securityContext?.capabilities, { drop: ['ALL'], add: ['NET_ADMIN'] });
      assert.ok(!(pod.spec.volumes ?? []).some(({ name }) => name === 'havock8s-served'));
      // CAP_NET_ADMIN is bit 12: the kernel agrees.
      const status = await environment.exec('ports', sidecar.faults, ['cat', '/proc/self/status']);
      assert.match(status, /^CapEff:\t0000000000001000$/m);
      assert.match(status, /^CapBnd:\t0000000000001000$/m);
      assert.match(status, /^NoNewPrivs:\t1$/m);
    }));
});

interface Listed {
  readonly faults: readonly { readonly name: string; readonly tallies: { readonly injected: number } }[];
}

const podOf = (environment: Environment, name: string): Promise<StoredPod> =>
  environment.json<StoredPod>(['get', 'pod', name]);

const nameOf = ({ name }: { readonly name: string }): string => name;

async function ready(environment: Environment, name: string): Promise<void> {
  await environment.succeed(['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=240s']);
}
