import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { exitCode } from '../../../cli/exit-code.js';
import { clusterCgroup } from '../../../dev/cluster/cgroups.js';
import { Cluster, clusterVariable } from '../../../dev/cluster/cluster.js';
import { clusterFolder } from '../../../dev/cluster/cluster-plan.js';
import type { ClusterStatus } from '../../../dev/cluster/status.js';
import { readIfThere } from '../../../sidecar/linux/read-if-there.js';
import { until } from '../../sidecar/mounted/until.js';
import { needsCluster } from '../cluster-at-hand.js';

const name = `lifecycle-${process.pid}`;
const skip = needsCluster('own');

after(() => Cluster.down(name));

test('up gives nodes that run pods; status and env find it; down leaves nothing', { skip }, async (t) => {
  const before = cables();
  const startedMs = performance.now();
  succeed('up', '--nodes', '2');
  t.diagnostic(
    `two nodes Ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s, all of it cached`,
  );

  const status = JSON.parse(succeed('status', '--output', 'json')) as ClusterStatus;
  assert.deepEqual(
    status.nodes.map(({ name: node, ready }) => [node, ready]),
    [
      ['n1', true],
      ['n2', true],
    ],
  );
  const kubectl = (text: string): string => shell(`${succeed('env')}\nset -e\n${text}`);
  assert.match(kubectl('kubectl get nodes'), /n1 +Ready[\s\S]*n2 +Ready/);
  kubectl(
    `kubectl run probe --image=localhost/havock8s-test/databases:1 --image-pull-policy=Never --restart=Never -- sh -c 'getent hosts kubernetes.default.svc.cluster.local && curl --silent --insecure https://kubernetes.default.svc/version'
     kubectl wait pod/probe --for=jsonpath={.status.phase}=Succeeded --timeout=60s`,
  );
  assert.match(
    kubectl('kubectl logs probe'),
    /10\.96\.0\.1[\s\S]*v1\.34/,
    'names, service addresses, the API',
  );

  assert.match(succeed('down'), /is down/);
  await assertNothingNew(before);
});

test('up after a crash of everything cleans first', { skip }, async () => {
  const before = cables();
  const child = spawn(process.execPath, main('up', '--nodes', '1'), { stdio: 'ignore' });
  await until(() => existsSync(join(clusterFolder(name), 'control-plane/pid')), 60_000);
  await kill(child);
  succeed('up', '--nodes', '1');
  assert.match(succeed('status'), /n1 .*Ready/);
  succeed('down');
  await assertNothingNew(before);
});

const interruptions = [
  { signal: 'SIGINT', when: 'its API server answers', line: / the API server answers$/, ready: () => {} },
  { signal: 'SIGTERM', when: 'a test plays', line: / nodes are Ready$/, ready: () => untilTestPlays() },
] as const;

for (const { signal, when, line, ready } of interruptions)
  test(`a run of the end-to-end tests that gets ${signal} while ${when} takes its cluster down before it ends`, {
    skip,
  }, async () => {
    const before = cables();
    const { KUBECONFIG: _, [clusterVariable]: __, NODE_TEST_CONTEXT: ___, ...env } = process.env;
    const command = ['dist/dev/jobs/run-e2e.js', '--name', name, 'test/e2e/injection'];
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const exit = once(child, 'exit');
      for await (const said of createInterface(child.stdout)) {
        if (!line.test(said)) continue;
        await ready();
        child.kill(signal);
      }
      assert.deepEqual(await exit, [exitCode.signalled + constants.signals[signal], null]);
    } finally {
      child.kill('SIGKILL');
    }
    await assertNothingNew(before);
  });

/** Its namespace is there. */
const untilTestPlays = (): Promise<void> =>
  until(async () => {
    const namespaces = await Cluster.find(name)?.kubectl.run(['get', 'namespaces', '--output=name']);
    return /^namespace\/injection-/m.test(namespaces?.stdout ?? '');
  }, 120_000);

test('down of what is not up, and status of it, say so', { skip }, () => {
  assert.match(succeed('down'), /was not up/);
  const { status, stdout } = spawnSync(process.execPath, main('status'), { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stdout, /is not up/);
});

const main = (...args: readonly string[]): string[] => ['dist/dev/cluster/main.js', '--name', name, ...args];

/** What it wrote, wherever. */
function succeed(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, main(...args), {
    encoding: 'utf8',
    timeout: 180_000,
  });
  assert.equal(status, 0, stderr);
  return args[0] === 'down' ? stderr : stdout;
}

function shell(script: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8', timeout: 120_000 });
  assert.equal(status, 0, stderr);
  return stdout;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Network devices of a cluster on this machine: others may come and go meanwhile. */
const cables = (): readonly string[] =>
  readdirSync('/sys/class/net').filter((device) => device.startsWith('hvc'));

async function assertNothingNew(before: readonly string[]): Promise<void> {
  const folder = clusterFolder(name);
  // The kernel takes down a network some time after its last process.
  await until(() => cables().every((cable) => before.includes(cable)), 30_000);
  assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(folder), 'mounts');
  assert.doesNotMatch(
    spawnSync('nft', ['list', 'tables'], { encoding: 'utf8' }).stdout,
    /kube-proxy|havock8s/,
  );
  assert.deepEqual(
    processes().filter((pid) => commandOf(pid).includes(folder)),
    [],
    'processes',
  );
  assert.ok(!existsSync(folder), 'its folder');
  for (const controller of readdirSync('/sys/fs/cgroup'))
    assert.ok(
      !existsSync(join('/sys/fs/cgroup', controller, clusterCgroup(name))),
      `a cgroup of ${controller}`,
    );
}

const processes = (): readonly string[] => readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));

const commandOf = (pid: string): string => readIfThere(`/proc/${pid}/cmdline`) ?? '';
