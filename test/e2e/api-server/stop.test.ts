/** The emergency stop on a real API server: what it refuses, what it lets through, and the command with nothing else alive. */
import assert from 'node:assert/strict';
import { after, before, suite, type TestContext, test } from 'node:test';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import type { KubectlResult } from '../../../dev/cluster/kubectl.js';
import { aPod } from '../../cli/cluster/a-pod.js';
import { errorOf, type Ran, runCli } from '../../cli/run-cli.js';
import { auditRbac, type PolicyRule } from '../../manifests/rbac-audit.js';
import { needs } from '../../needs.js';
import { startedControl } from '../../sidecar/control/started-control.js';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod } from '../../webhook/pods.js';
import { createPod, followAnnotations, namespace, ofAnyPod } from './pods-without-nodes.js';
import { WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const slow = { 'fault.havock8s.io/slow': 'disk latency 1s for 5m' };
const reason = 'checkout is down';

suite('the emergency stop', { skip }, () => {
  let cluster: WebhookCluster;
  before(async () => {
    cluster = await WebhookCluster.start({ replicas: 1, users: { oncall: [], visitor: [] } });
    await cluster.kubectl.createNamespace(namespace, { [injectionLabel]: injectionEnabled });
    await cluster.kubectl.succeed(['apply', '-f', '-'], oncallMayStop);
    await createPod(cluster.kubectl, { name: 'pg-0', annotations: slow });
    await createPod(cluster.kubectl, { name: 'plain', isInjected: false });
    for (const object of [experiment('runs'), isolation('n1')])
      await cluster.kubectl.succeed(['create', '-f', '-'], object);
  });
  after(() => cluster?.stop());

  const as = (t: TestContext, user: string, ...args: readonly string[]): Promise<Ran> =>
    runCli(t, args, { env: { KUBECONFIG: cluster.server.kubeconfig(user) } });
  const annotate = (pod: string, fault: string): Promise<KubectlResult> =>
    cluster.kubectl.run([
      ...['annotate', '--overwrite', 'pod', pod, `--namespace=${namespace}`, `fault.havock8s.io/${fault}`],
    ]);
  const create = (pod: object): Promise<KubectlResult> =>
    cluster.kubectl.run(['create', '--output=json', `--namespace=${namespace}`, '-f', '-'], pod);
  const stopReasonOf = async (name: string): Promise<string | undefined> => {
    const args = ['get', 'experiment', name, `--namespace=${namespace}`];
    const { spec } = await cluster.kubectl.json<{ spec: { stop?: { reason: string } } }>(args);
    return spec.stop?.reason;
  };
  const message =
    /havock8s is stopped in this cluster, by oncall since 20\d\d-\S+Z: checkout is down; .*kubectl havock8s release/;

  test('before there is one, faults are set', async () => {
    assert.equal((await annotate('pg-0', 'other=disk freeze')).code, 0);
  });

  test('the command takes every fault away, and says of each pod that could not be asked what is left until when', async (t) => {
    const ran = await as(t, 'oncall', 'stop', '--all', '--reason', reason, '-o', 'json');
    assert.equal(ran.code, 1, ran.stderr);
    const { off, engaged, pods, problems, stop, experiments, isolations } = JSON.parse(ran.stdout);
    assert.deepEqual([experiments, isolations], [['shop/runs'], ['n1']]);
    assert.equal(await stopReasonOf('runs'), reason);
    assert.deepEqual([off, engaged, problems, stop.by, stop.reason], [false, true, [], 'oncall', reason]);
    assert.deepEqual([pods.length, pods[0].state, pods[0].disarmed], [1, 'unknown', ['other', 'slow']]);
    const { metadata } = await cluster.kubectl.json<ReturnType<typeof aPod>>([
      ...['get', 'pod', 'pg-0', `--namespace=${namespace}`],
    ]);
    assert.deepEqual(
      Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith('fault.')),
      [],
    );
  });

  test('while there is one, a fault is refused on a pod that could carry it out, by whomever, with who stopped, when, why, and the way out', async () => {
    await until(async () => (await annotate('pg-0', 'probe=disk freeze')).code !== 0, 30_000);
    const { code, stderr } = await annotate('pg-0', 'slow=disk freeze');
    assert.equal(code, 1);
    assert.match(stderr, message);
    const status = JSON.stringify({ metadata: { annotations: slow } });
    const patched = await cluster.kubectl.run([
      ...['patch', 'pod', 'pg-0', `--namespace=${namespace}`, '--subresource=status', `--patch=${status}`],
    ]);
    assert.match(patched.stderr, message);
  });

  test('what sets no fault is not refused, nor is to take one away', async () => {
    await cluster.kubectl.run([
      'annotate',
      'pod',
      'pg-0',
      `--namespace=${namespace}`,
      'fault.havock8s.io/probe-',
    ]);
    for (const args of [
      ['label', 'pod', 'pg-0', 'a=b'],
      ['annotate', 'pod', 'pg-0', 'havock8s.io/disarm=2026-01-02T03:04:05Z'],
      ['annotate', 'pod', 'plain', 'fault.havock8s.io/nobody=disk freeze'],
    ]) {
      const { code, stderr } = await cluster.kubectl.run([
        ...args,
        '--overwrite',
        `--namespace=${namespace}`,
      ]);
      assert.equal(code, 0, stderr);
    }
  });

  test('ls and status say that everything is stopped, by whom and why', async (t) => {
    const listed = await as(t, 'oncall', 'ls', '-A');
    assert.equal(listed.code, 0, listed.stderr);
    assert.match(
      listed.stderr,
      /^everything is stopped by oncall since \S+Z: checkout is down; nothing is armed until/,
    );
    const status = await as(t, 'oncall', 'status', '-A');
    assert.match(status.stdout, /^stop +everything is stopped by oncall since/, status.stderr);
  });

  test('a pod whose template carries a fault is created without it, with a warning', async () => {
    const { code, stdout, stderr } = await create(databasePod('made', slow));
    assert.equal(code, 0, stderr);
    const made = JSON.parse(stdout);
    assert.equal(made.metadata.annotations['fault.havock8s.io/slow'], undefined);
    assert.ok(made.metadata.annotations['havock8s.io/status'] !== undefined, 'it is injected');
    assert.match(
      stderr,
      /stopped by oncall since .*: checkout is down; this pod is created without its fault slow/,
    );
  });

  test('no experiment begins, and no node is isolated', async () => {
    for (const object of [experiment('late'), isolation('n2')]) {
      const { stderr } = await cluster.kubectl.run(['create', '-f', '-'], object);
      assert.match(stderr, message);
    }
  });

  test('with the webhook dead, a pod with a sidecar and a fault is refused, and one without a sidecar is made', async () => {
    for (const replica of cluster.replicas) {
      await cluster.setEndpoint(replica, false);
      await replica.end('SIGKILL');
    }
    const { metadata, ...byHand } = aPod({ annotations: slow });
    const refused = await create({ ...byHand, metadata: { ...metadata, name: 'by-hand' } });
    assert.match(refused.stderr, message);
    const plain = await create(databasePod('not-injected', slow));
    assert.equal(plain.code, 0, plain.stderr);
  });

  test('released, nothing resumes, and faults are set again', async (t) => {
    const released = await as(t, 'oncall', 'release', '--reason', 'it was the load balancer');
    assert.equal(released.code, 0, released.stderr);
    assert.match(released.stdout, /^released; it was stopped by oncall since \S+Z: checkout is down\n/);
    await until(async () => (await annotate('pg-0', 'slow=disk latency 1s for 5m')).code === 0, 30_000);
    const again = await as(t, 'oncall', 'release');
    assert.deepEqual([again.code, again.stdout], [0, 'nothing was stopped\n']);
  });

  test('one experiment is stopped alone, and one that is not there is told', async (t) => {
    await cluster.kubectl.succeed(['create', '-f', '-'], experiment('alone'));
    const one = await as(t, 'oncall', 'stop', 'alone', '--reason', 'not today', '-n', namespace);
    assert.equal(one.code, 0, one.stderr);
    assert.equal(await stopReasonOf('alone'), 'not today');
    const none = await as(t, 'oncall', 'stop', 'none', '--reason', 'x', '-n', namespace, '-o', 'json');
    assert.deepEqual([none.code, errorOf(none).code], [1, 'kube.not-found']);
  });

  test('with the webhook dead, and others that write to the pod, everything is off and checked', async (t) => {
    const sidecar = await startedControl(t, ofAnyPod);
    await cluster.kubectl.succeed([
      'delete',
      'pods',
      '--all',
      `--namespace=${namespace}`,
      '--force',
      '--grace-period=0',
    ]);
    await createPod(cluster.kubectl, {
      name: 'pg-1',
      annotations: slow,
      readOnlyPort: Number(new URL(sidecar.url).port),
    });
    followAnnotations(t, cluster.kubectl, { pod: 'pg-1', registry: sidecar.registry });
    await until(() => sidecar.applier.armed.length === 1, 30_000);
    await sidecar.registry.arm('hand', 'disk freeze');
    let isOver = false;
    const busy = (async () => {
      for (let count = 0; !isOver; count++)
        await cluster.kubectl.run([
          'label',
          '--overwrite',
          'pod',
          'pg-1',
          `--namespace=${namespace}`,
          `a=${count}`,
        ]);
    })();
    const ran = await as(t, 'oncall', 'stop', '--all', '--reason', reason);
    isOver = true;
    await busy;
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /^everything is off, after \d+\.\d s: 1 sidecar says that nothing is armed\n/);
    assert.deepEqual(sidecar.applier.armed, []);
  });

  test('its role was enough, and nothing of it too much', async () => {
    const role = ['get', 'clusterrole', 'havock8s-emergency-stop'];
    const { rules } = await cluster.kubectl.json<{ rules: readonly PolicyRule[] }>(role);
    const lines = cluster.server
      .readAudit()
      .split('\n')
      .filter((line) => line !== '');
    const events = lines.map((line) => JSON.parse(line));
    const audit = auditRbac('oncall', [{ namespace: null, rules }], events);
    // Nodes are another role's: stop-nodes.test.ts.
    assert.deepEqual(audit, { unused: [], refused: ['list nodes'] });
  });

  test('who may not stop is told so, and changes nothing', async (t) => {
    const ran = await as(t, 'visitor', 'stop', '--all', '--reason', reason, '-o', 'json');
    assert.equal(ran.code, 1);
    const { engaged, problems } = JSON.parse(ran.stdout);
    assert.equal(engaged, false);
    assert.match(problems.join('\n'), /nothing keeps new faults and experiments out: .*forbidden/);
    assert.match(problems.join('\n'), /pods with havock8s\.io\/injected=true could not be listed/);
  });
});

const experiment = (name: string): object => ({
  ...{ apiVersion: 'havock8s.io/v1alpha1', kind: 'Experiment', metadata: { name, namespace } },
  spec: {
    targets: [{ name: 'db', pods: ['pg-0'] }],
    steps: [{ fault: 'tcp blackhole for 5s', target: 'db' }],
  },
});

const isolation = (node: string): object => ({
  ...{ apiVersion: 'havock8s.io/v1alpha1', kind: 'NodeIsolation', metadata: { name: node } },
  spec: { node, lasts: '15m' },
});

/** With nothing but the role of the manifests. */
const oncallMayStop = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'oncall' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'havock8s-emergency-stop' },
  subjects: [{ kind: 'User', name: 'oncall', apiGroup: 'rbac.authorization.k8s.io' }],
};
