import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { sidecar } from '../../../core/pod-layout.js';
import { programPath } from '../../../dev/cluster/binaries.js';
import type { StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { eventually } from '../eventually.js';
import { PodFaults } from '../quorum/pod-faults.js';
import type { Scene } from '../scene.js';
import { clientPod, httpPort, portsPod, tcpPort } from './served-ports.js';
import { Twins } from './twins.js';

const patience = { boundMs: 180_000 };
const everybody = '0.0.0.0/0,::/0';

test(
  'probes reach the ports of a pod that is cut off, and kubectl what is in it',
  { skip: needsCluster('own') },
  (t) =>
    Twins.play({ name: 'probes' }, async (twins) => {
      await twins.apply(() => [portsPod(), clientPod()]);
      await twins.both((scene) =>
        scene.succeed(['wait', '--for=condition=Ready', 'pod/ports', 'pod/client', '--timeout=240s']),
      );
      await t.test('a pod with ports alone has one sidecar, and nothing privileged', () =>
        oneSidecar(twins.injected),
      );
      await t.test('the server sees who asks, as in the twin', (t) => seesWhoAsks(t, twins));
      for (const effect of ['partition', 'refuse', 'blackhole'])
        await t.test(
          `tcp ${effect} from everybody lets the kubelet through, and counts it as exempted`,
          (t) => spares(t, twins.injected, effect),
        );
      await t.test('tcp partition from node fails the probe, and ends', (t) => notSpared(t, twins.injected));
      await t.test('exec, logs, cp and port-forward do what they do in the twin', (t) => kubectl(t, twins));
    }),
);

async function oneSidecar(scene: Scene): Promise<void> {
  const { spec } = await scene.json<StoredPod>(['get', 'pod', 'ports']);
  assert.deepEqual(
    spec.initContainers?.map(({ name }) => name),
    [sidecar.faults],
  );
  assert.ok(spec.initContainers?.every(({ securityContext }) => securityContext?.privileged !== true));
}

async function seesWhoAsks(t: TestContext, twins: Twins): Promise<void> {
  const { injected, bare } = await twins.both(async (scene) => {
    const client = (await scene.json<StoredPod>(['get', 'pod', 'client'])).status?.podIP;
    return { client: `from ${client}\n`, seen: await ask(scene) };
  });
  t.diagnostic(`${injected.seen.trim()}; ${bare.seen.trim()}`);
  assert.equal(injected.seen, injected.client);
  assert.equal(bare.seen, bare.client);
}

/** Another pod is hit, the probes are not: both are asked while the fault is armed. */
async function spares(t: TestContext, scene: Scene, effect: string): Promise<void> {
  const faults = new PodFaults(scene, 'ports', 'app');
  await faults.arm(effect, `tcp ${effect} from ${everybody} for 5m`);
  assert.match(await ask(scene), /^curl: \((7|28|56)\)/, 'another pod does not get through');
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
  const { tallies, traffic } = await faults.lift(effect);
  t.diagnostic(`tallies ${JSON.stringify(tallies)}, connections ${JSON.stringify(traffic?.connections)}`);
  assert.ok(tallies.injected > 0);
  assert.deepEqual(await healthOf(scene), { isReady: true, restarts: 0 });
  await eventually('another pod gets through again', async () => /^from /.test(await ask(scene)), patience);
}

async function notSpared(t: TestContext, scene: Scene): Promise<void> {
  const faults = new PodFaults(scene, 'ports', 'app');
  await faults.arm('node', `tcp partition from node port ${tcpPort} for 5m`);
  const armedMs = performance.now();
  await eventually('it is not Ready', async () => !(await healthOf(scene)).isReady, patience);
  t.diagnostic(`not Ready ${Math.round(performance.now() - armedMs)} ms after`);
  assert.match(await ask(scene), /^from /, 'other pods are not meant');
  await faults.lift('node');
  await eventually('it is Ready again', async () => (await healthOf(scene)).isReady, patience);
  assert.equal((await healthOf(scene)).restarts, 0, 'the liveness port was left alone');
}

async function kubectl(t: TestContext, twins: Twins): Promise<void> {
  const { injected, bare } = await twins.both(async (scene) => {
    const failed = await scene.run([
      'exec',
      'ports',
      '--container=app',
      '--',
      'sh',
      '-c',
      'echo out; echo err >&2; exit 7',
    ]);
    const logs = await scene.succeed(['logs', 'ports', '--container=app', '--tail=1']);
    return {
      exec: [failed.code, failed.stdout, failed.stderr],
      logs: Object.keys(JSON.parse(logs) as object),
      copied: await copyThereAndBack(scene),
      forwarded: await throughPortForward(scene),
    };
  });
  t.diagnostic(
    `exec exits ${injected.exec[0]}; ${injected.copied} bytes there and back; forwarded: ${injected.forwarded.trim()}`,
  );
  assert.deepEqual(injected, bare);
}

async function copyThereAndBack(scene: Scene): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-cp-'));
  try {
    const content = Buffer.alloc(3_000_000, scene.namespace.slice(0, 5));
    writeFileSync(join(folder, 'there'), content);
    await scene.succeed(['cp', '--container=app', join(folder, 'there'), 'ports:/var/tmp/copied']);
    await scene.succeed(['cp', '--container=app', 'ports:/var/tmp/copied', join(folder, 'back')]);
    assert.ok(readFileSync(join(folder, 'back')).equals(content));
    return content.length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the server says of who asks: the tunnel ends on the pod's loopback. */
async function throughPortForward(scene: Scene): Promise<string> {
  const { kubeconfig } = scene.cluster;
  const child = spawn(
    programPath('kubectl'),
    [
      `--kubeconfig=${kubeconfig}`,
      `--namespace=${scene.namespace}`,
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

/** From the client's pod: the answer, or what curl says. */
async function ask(scene: Scene): Promise<string> {
  const address = (await scene.json<StoredPod>(['get', 'pod', 'ports'])).status?.podIP;
  const command = ['curl', '-sS', '--max-time', '5', `http://${address}:${httpPort}/asked`];
  const { code, stdout, stderr } = await scene.run(['exec', 'client', '--container=app', '--', ...command]);
  return code === 0 ? stdout : stderr;
}

async function healthOf(scene: Scene): Promise<{ readonly isReady: boolean; readonly restarts: number }> {
  const { status } = await scene.json<StoredPod>(['get', 'pod', 'ports']);
  const [app] = status?.containerStatuses ?? [];
  return { isReady: app?.ready === true, restarts: app?.restartCount ?? -1 };
}
