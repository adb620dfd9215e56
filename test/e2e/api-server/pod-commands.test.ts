/**
 * arm, disarm, ls and watch on the pods of a real API server. The sidecar is a real list of faults behind a real endpoint; what
 * the kubelet does, to carry annotations to it, is done here.
 */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApiServer } from '../../../dev/cluster/api-server.js';
import { programPath } from '../../../dev/cluster/binaries.js';
import { errorOf, program, runCli, spawnCli, spawnProgram } from '../../cli/run-cli.js';
import { temporaryFolders } from '../../cli/temporary-folders.js';
import { needs } from '../../needs.js';
import { startedControl } from '../../sidecar/control/started-control.js';
import { createPod, followAnnotations, ofAnyPod } from './pods-without-nodes.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const namespace = 'shop';

test('commands on the pods of a cluster', { skip, timeout: 300_000 }, async (t) => {
  const server = await startApiServer({ users: { reader: [], author: [] } });
  t.after(() => server.stop());
  await server.kubectl.createNamespace(namespace);
  await server.kubectl.succeed(['apply', '-f', '-'], rights);
  const sidecar = await startedControl(t, ofAnyPod);
  const readOnlyPort = Number(new URL(sidecar.url).port);
  await createPod(server.kubectl, { name: 'pg-0', readOnlyPort });
  await createPod(server.kubectl, { name: 'old' });
  await createPod(server.kubectl, { name: 'kept', labels: { 'havock8s.io/protected': 'true' } });
  await createPod(server.kubectl, { name: 'plain', isInjected: false });
  followAnnotations(t, server.kubectl, { pod: 'pg-0', registry: sidecar.registry });
  const env = { KUBECONFIG: server.kubeconfig('author') };
  const on = (...args: readonly string[]) => runCli(t, [...args, '-n', namespace], { env });
  const slow = ['disk', 'latency', '200ms', 'on', 'fsync', 'for', '5m', '--name', 'slow'];

  await t.test('arm, ls and disarm are one story', async () => {
    const armed = await on('arm', 'pg-0', ...slow);
    assert.equal(armed.code, 0, armed.stderr);
    assert.match(armed.stdout, /^slow armed in shop\/pg-0: disk latency 200ms on fsync for 5m\n/);
    assert.match(armed.stdout, /5m 00s left; sooner with: havock8s disarm pg-0 slow -n shop/);
    sidecar.applier.meet('fsync', { times: 3 });
    const listed = await on('ls');
    assert.equal(listed.code, 0, listed.stderr);
    assert.match(
      listed.stdout,
      /^shop\/pg-0 +n1 +slow +armed +\S+Z +5m 00s +3 +disk latency 200ms on fsync for 5m\n$/m,
    );
    assert.match(listed.stderr, /1 armed; 3 injected pods, 2 could not be asked/);
    const off = await on('disarm', 'pg-0', 'slow');
    assert.deepEqual([off.code, off.stdout, off.stderr], [0, 'disarmed slow in shop/pg-0\n', '']);
    assert.deepEqual(sidecar.applier.armed, []);
  });

  await t.test('a fault that is over is armed again by the same sentence', async () => {
    await on('arm', 'pg-0', ...slow);
    await sidecar.registry.disarm('slow');
    const again = await on('arm', 'pg-0', ...slow);
    assert.match(again.stdout, /^slow armed in/, again.stderr);
    assert.deepEqual(sidecar.applier.armed, ['slow: latency']);
    const same = await on('arm', 'pg-0', ...slow);
    assert.match(same.stdout, /^slow armed in/, same.stderr);
    const all = await on('disarm', 'pg-0', '--all', '-o', 'json');
    assert.deepEqual(JSON.parse(all.stdout), {
      ...{ namespace, pod: 'pg-0', disarmed: ['slow'], left: [], unknown: null },
    });
  });

  await t.test('a fault that was armed within the pod is told, and the way to end it', async () => {
    await sidecar.registry.arm('hand', 'disk freeze');
    const all = await on('disarm', 'pg-0', '--all');
    assert.match(
      all.stderr,
      /hand was armed within the pod, and goes on; to end it: kubectl exec pg-0 -n shop/,
    );
    await sidecar.registry.disarm('hand');
  });

  await t.test(
    'where a sidecar cannot be asked, that is said, and the annotation is set all the same',
    async () => {
      const armed = await on('arm', 'old', ...slow);
      assert.equal(armed.code, 0, armed.stderr);
      assert.match(armed.stdout, /^slow annotated in shop\/old/);
      assert.match(armed.stderr, /whether it is armed is unknown: its sidecar has no port to be read by/);
      const listed = JSON.parse((await on('ls', '-o', 'json')).stdout);
      const old = listed.pods.find(({ pod }: { readonly pod: string }) => pod === 'old');
      assert.deepEqual([old.faults[0].state, old.faults[0].tallies], ['unknown', null]);
      assert.equal((await on('disarm', 'old', '--all')).code, 0);
    },
  );

  const refusals: readonly (readonly [pod: string, code: string, says: RegExp])[] = [
    ['plain', 'pod.not-injected', /has no sidecar.*havock8s\.io\/injection=enabled/],
    ['kept', 'pod.protected', /kubectl label pod kept -n shop havock8s\.io\/protected-/],
    ['pg-1', 'pod.not-found', /did you mean \\?"pg-0\\?"\?/],
  ];
  for (const [pod, code, says] of refusals) {
    await t.test(`arming ${pod} is refused as ${code}, with the way out`, async () => {
      const ran = await on('arm', pod, ...slow, '-o', 'json');
      assert.deepEqual([ran.code, errorOf(ran).code], [1, code], ran.stderr);
      assert.match(ran.stderr, says);
    });
  }

  await t.test('so is a pod of a protected namespace', async () => {
    await server.kubectl.succeed(['label', 'namespace', namespace, 'havock8s.io/protected=true']);
    const ran = await on('arm', 'pg-0', ...slow, '-o', 'json');
    assert.equal(errorOf(ran).code, 'pod.protected');
    await server.kubectl.succeed(['label', 'namespace', namespace, 'havock8s.io/protected-']);
  });

  await t.test('a fault that is not annotated is not disarmed, and the nearest is known', async () => {
    await on('arm', 'pg-0', ...slow);
    const ran = await on('disarm', 'pg-0', 'slwo', '-o', 'json');
    assert.deepEqual([ran.code, errorOf(ran).code], [1, 'pod.no-such-fault']);
    assert.match(errorOf(ran).message ?? '', /did you mean "slow"\?/);
  });

  await t.test('watch tells what changes, and whose right ends it', async () => {
    const watching = spawnCli(t, ['watch', '-n', namespace], { env });
    await watching.says(/shop\/pg-0 slow armed: 0 hits, 5m 00s left/);
    sidecar.applier.meet('fsync', { times: 2 });
    await watching.says(/shop\/pg-0 slow armed: 2 hits/);
    await on('disarm', 'pg-0', 'slow');
    await watching.says(/shop\/pg-0 slow gone/);
    watching.child.kill('SIGINT');
    const { code, stderr } = await watching.ended;
    assert.deepEqual([code, stderr], [0, '']);
  });

  await t.test('who may only read sees what is on, and changes nothing', async () => {
    const reader = { env: { KUBECONFIG: server.kubeconfig('reader') } };
    assert.equal((await runCli(t, ['ls', '-n', namespace], reader)).code, 0);
    const ran = await runCli(t, ['arm', 'pg-0', ...slow, '-n', namespace, '-o', 'json'], reader);
    assert.deepEqual([ran.code, errorOf(ran).code], [1, 'kube.forbidden'], ran.stderr);
    const all = await runCli(t, ['ls', '-A', '-o', 'json'], reader);
    assert.deepEqual([all.code, errorOf(all).code], [1, 'kube.forbidden']);
  });

  await t.test('kubectl finds it as its plugin, which is about the cluster', async () => {
    const folder = temporaryFolders(t);
    symlinkSync(program, join(folder, 'kubectl-havock8s'));
    const kubectl = programPath('kubectl');
    const PATH = `${folder}:${process.env['PATH']}`;
    const { ended } = spawnProgram(t, [kubectl, 'havock8s', 'ls', '-o', 'json'], { env: { ...env, PATH } });
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 1, 'the namespace of the context is another, which this user may not see');
    assert.equal(JSON.parse(stderr).error.code, 'kube.forbidden', stdout);
  });

  await t.test('a context that is not there is named, with the nearest', async () => {
    const ran = await runCli(t, ['ls', '--context', 'nowhere', '-o', 'json'], { env });
    assert.deepEqual([ran.code, errorOf(ran).code], [1, 'kube.config']);
  });
});

const bind = (user: string, verbs: readonly string[]): readonly object[] => [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: user, namespace },
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs },
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: user, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user },
    subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
  },
];

/** Exactly what docs/operate/rbac.md lists for each command, but for the proxy: the sidecar is asked at its address. */
const rights = {
  apiVersion: 'v1',
  kind: 'List',
  items: [...bind('reader', ['get', 'list', 'watch']), ...bind('author', ['get', 'list', 'watch', 'patch'])],
};
