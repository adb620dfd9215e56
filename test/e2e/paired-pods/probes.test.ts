import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { readOnlyPort, sidecar } from '../../../core/pod-layout.js';
import { programPath } from '../../../dev/cluster/binaries.js';
import type { Shape } from '../../../sidecar/control/api.js';
import type { ListedFault } from '../../../sidecar/registry/fault-record.js';
import type { StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { PodFaults } from '../consensus/pod-faults.js';
import type { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { PairedPods } from './paired-pods.js';
import { clientPod, httpPort, portsPod, tcpPort } from './served-ports.js';

const patience = { boundMs: 180_000 };
const everybody = '0.0.0.0/0,::/0';

test(
  'probes reach the ports of a pod that is cut off, and kubectl what is in it',
  { skip: needsCluster('own') },
  (t) =>
    PairedPods.play({ name: 'probes' }, async (pairs) => {
      await pairs.apply(() => [portsPod(), clientPod()]);
      await pairs.both((environment) =>
        environment.succeed(['wait', '--for=condition=Ready', 'pod/ports', 'pod/client', '--timeout=240s']),
      );
      await t.test('a pod with ports alone has one sidecar, and nothing privileged', () =>
        oneSidecar(pairs.injected),
      );
      await t.test('the server sees who asks, as in the pair', (t) => seesWhoAsks(t, pairs));
      for (const effect of ['partition', 'refuse', 'blackhole'])
        await t.test(
          `tcp ${effect} from everybody lets the kubelet through, and counts it as exempted`,
          (t) => spares(t, pairs.injected, effect),
        );
      await t.test('another node reads what cuts it off, what that hits, and that it is off again', (t) =>
        readFromAfar(t, pairs.injected),
      );
      await t.test('tcp partition from node fails the probe, and ends', (t) => notSpared(t, pairs.injected));
      await t.test('exec, logs, cp and port-forward do what they do in the pair', (t) => kubectl(t, pairs));
    }),
);

async function oneSidecar(environment: Environment): Promise<void> {
  const { spec } = await environment.json<StoredPod>(['get', 'pod', 'ports']);
  assert.deepEqual(
    spec.initContainers?.map(({ name }) => name),
    [sidecar.faults],
  );
  assert.ok(spec.initContainers?.every(({ securityContext }) => securityContext?.privileged !== true));
}

async function seesWhoAsks(t: TestContext, pairs: PairedPods): Promise<void> {
  const { injected, bare } = await pairs.both(async (environment) => {
    const client = (await environment.json<StoredPod>(['get', 'pod', 'client'])).status?.podIP;
    return { client: `from ${client}\n`, seen: await ask(environment) };
  });
  t.diagnostic(`${injected.seen.trim()}; ${bare.seen.trim()}`);
  assert.equal(injected.seen, injected.client);
  assert.equal(bare.seen, bare.client);
}

/** Another pod is hit, the probes are not: both are asked while the fault is armed. */
async function spares(t: TestContext, environment: Environment, effect: string): Promise<void> {
  const faults = new PodFaults(environment, 'ports', 'app');
  await faults.arm(effect, `tcp ${effect} from ${everybody} for 5m`);
  const { tallies, traffic } = await liftedAfter(faults, effect, async () => {
    assert.match(await ask(environment), /^curl: \((7|28|56)\)/, 'another pod does not get through');
    await eventually(
      'probes were exempted',
      async () => {
        const { tallies, traffic } = await faults.get(effect);
        return (
          tallies.exempted + (traffic?.connections.exempted ?? 0) >= 8 || JSON.stringify({ tallies, traffic })
        );
      },
      patience,
    );
  });
  t.diagnostic(`tallies ${JSON.stringify(tallies)}, connections ${JSON.stringify(traffic?.connections)}`);
  assert.ok(tallies.injected > 0);
  assert.deepEqual(await healthOf(environment), { isReady: true, restarts: 0 });
  await eventually(
    'another pod gets through again',
    async () => /^from /.test(await ask(environment)),
    patience,
  );
}

/** What the fault hit. It is lifted also where `check` fails, so that the next test meets its own alone. */
async function liftedAfter(
  faults: PodFaults,
  name: string,
  check: () => Promise<void>,
): Promise<ListedFault> {
  try {
    await check();
  } catch (error) {
    await faults.lift(name);
    throw error;
  }
  return faults.lift(name);
}

/** By the read-only port, over the network of the cluster. */
async function readFromAfar(t: TestContext, environment: Environment): Promise<void> {
  const { metadata } = await environment.json<StoredPod>(['get', 'pod', 'ports']);
  const { sidecar } = await readByClient(environment);
  assert.deepEqual(sidecar.pod, {
    namespace: environment.namespace,
    name: 'ports',
    uid: metadata.uid,
  });
  const faults = new PodFaults(environment, 'ports', 'app');
  const hits = async (): Promise<number> =>
    (await readByClient(environment)).faults.find(({ name }) => name === 'away')?.tallies.injected ?? -1;
  await faults.arm('away', `tcp partition with ${everybody} for 5m`);
  await liftedAfter(faults, 'away', async () => {
    const before = await hits();
    assert.match(await ask(environment), /^curl: \(28\)/, 'the client is cut off');
    const seen: number[] = [before];
    await eventually(
      'its hits are seen to grow',
      async () => {
        seen.push(await hits());
        return (seen.at(-1) ?? 0) > before || `${seen}`;
      },
      patience,
    );
    t.diagnostic(`hits, seen from another node: ${seen.join(', ')}`);
  });
  assert.deepEqual((await readByClient(environment)).faults, []);
}

async function readByClient(environment: Environment): Promise<Shape<'FaultList'>> {
  const address = (await environment.json<StoredPod>(['get', 'pod', 'ports'])).status?.podIP;
  const url = `http://${address}:${readOnlyPort}/v1/faults`;
  return JSON.parse(await environment.exec('client', 'app', ['curl', '-sS', '--max-time', '5', url]));
}

async function notSpared(t: TestContext, environment: Environment): Promise<void> {
  const faults = new PodFaults(environment, 'ports', 'app');
  await faults.arm('node', `tcp partition from node port ${tcpPort} for 5m`);
  await liftedAfter(faults, 'node', async () => {
    const armedMs = performance.now();
    await eventually('it is not Ready', async () => !(await healthOf(environment)).isReady, patience);
    t.diagnostic(`not Ready ${Math.round(performance.now() - armedMs)} ms after`);
    assert.match(await ask(environment), /^from /, 'other pods are not meant');
  });
  await eventually('it is Ready again', async () => (await healthOf(environment)).isReady, patience);
  assert.equal((await healthOf(environment)).restarts, 0, 'the liveness port was left alone');
}

async function kubectl(t: TestContext, pairs: PairedPods): Promise<void> {
  const { injected, bare } = await pairs.both(async (environment) => {
    const failed = await environment.run([
      'exec',
      'ports',
      '--container=app',
      '--',
      'sh',
      '-c',
      'echo out; echo err >&2; exit 7',
    ]);
    const logs = await environment.succeed(['logs', 'ports', '--container=app', '--tail=1']);
    return {
      exec: [failed.code, failed.stdout, failed.stderr],
      logs: Object.keys(JSON.parse(logs) as object),
      copied: await copyThereAndBack(environment),
      forwarded: await throughPortForward(environment),
    };
  });
  t.diagnostic(
    `exec exits ${injected.exec[0]}; ${injected.copied} bytes there and back; forwarded: ${injected.forwarded.trim()}`,
  );
  assert.deepEqual(injected, bare);
}

async function copyThereAndBack(environment: Environment): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-cp-'));
  try {
    const content = Buffer.alloc(3_000_000, environment.namespace.slice(0, 5));
    writeFileSync(join(folder, 'there'), content);
    await environment.succeed(['cp', '--container=app', join(folder, 'there'), 'ports:/var/tmp/copied']);
    await environment.succeed(['cp', '--container=app', 'ports:/var/tmp/copied', join(folder, 'back')]);
    assert.ok(readFileSync(join(folder, 'back')).equals(content));
    return content.length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the server says of who asks: the tunnel ends on the pod's loopback. */
async function throughPortForward(environment: Environment): Promise<string> {
  const { kubeconfig } = environment.cluster;
  const child = spawn(
    programPath('kubectl'),
    [
      `--kubeconfig=${kubeconfig}`,
      `--namespace=${environment.namespace}`,
      'port-forward',
      'pod/ports',
      `:${httpPort}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], timeout: 120_000 },
  );
  const ended = once(child, 'close');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const port = /127\.0\.0\.1:(\d+) ->/.exec(line)?.[1];
      if (port === undefined) continue;
      return await (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(60_000) })).text();
    }
    throw new Error('kubectl port-forward ended without a port');
  } finally {
    child.kill();
    await ended;
  }
}

/** From the client's pod: the answer, or by which code curl failed: kubectl may lose its last words. */
async function ask(environment: Environment): Promise<string> {
  const address = (await environment.json<StoredPod>(['get', 'pod', 'ports'])).status?.podIP;
  const command = ['curl', '-sS', '--max-time', '5', `http://${address}:${httpPort}/asked`];
  const { code, stdout } = await environment.run(['exec', 'client', '--container=app', '--', ...command]);
  return code === 0 ? stdout : `curl: (${code})`;
}

async function healthOf(
  environment: Environment,
): Promise<{ readonly isReady: boolean; readonly restarts: number }> {
  const { status } = await environment.json<StoredPod>(['get', 'pod', 'ports']);
  const [app] = status?.containerStatuses ?? [];
  return { isReady: app?.ready === true, restarts: app?.restartCount ?? -1 };
}
