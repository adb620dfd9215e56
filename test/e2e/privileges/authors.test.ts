import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { KubectlResult } from '../../../dev/cluster/kubectl.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { redisPod } from './redis-pod.js';

const skip = needsCluster();
const boundMs = 60_000;
const fault = 'fault.havock8s.io/slow';
const sentence = 'disk latency 1ms';

/** Ways to set a fault on a pod that is there, each as kubectl has it. */
const ways: Readonly<Record<string, readonly string[]>> = {
  'an annotation': ['annotate', '--overwrite', 'pod', 'app', `${fault}=${sentence}`],
  'a patch': ['patch', 'pod', 'app', '--type=merge', `--patch=${annotated(sentence)}`],
  'a patch of the status': [
    ...['patch', 'pod', 'app', '--subresource=status', '--type=merge'],
    `--patch=${annotated(sentence)}`,
  ],
};

suite('who may set faults', { skip }, () => {
  test('whoever may create faults.havock8s.io in the namespace, and nobody else who may change pods', (t) =>
    Environment.play({ name: 'authors' }, async (environment) => {
      const { namespace } = environment;
      const account = `system:serviceaccount:${namespace}:deployer`;
      await environment.succeed(['create', 'serviceaccount', 'deployer']);
      await environment.apply([
        ...permissions(namespace),
        redisPod('app', { 'fault.havock8s.io/old': sentence }),
      ]);
      const as = (user: string, ...args: readonly string[]): Promise<KubectlResult> =>
        environment.run([...args, `--as=${user}`]);

      // The API server hears of roles and bindings a moment after they are made.
      for (const [user, answer] of Object.entries({
        editor: true,
        'namespace-admin': true,
        author: true,
        viewer: false,
        labeller: false,
        [account]: false,
      }))
        await eventually(
          `${user} may: ${answer}`,
          async () => (await mayAuthor(environment, user)) === answer,
          {
            boundMs,
          },
        );

      for (const user of ['labeller', account])
        for (const [way, args] of Object.entries(ways)) {
          const { code, stderr } = await as(user, ...args);
          assert.equal(code, 1, `${user} by ${way}`);
          assert.match(
            stderr,
            new RegExp(`${user} may not set faults on pods of namespace ${namespace}`),
            way,
          );
          assert.match(stderr, /verb create on faults\.havock8s\.io/);
        }
      assert.match(
        (await as('viewer', ...(ways['an annotation'] ?? []))).stderr,
        /cannot patch resource "pods"/,
      );
      const resize = [
        'patch',
        'pod',
        'app',
        '--subresource=resize',
        '--type=merge',
        `--patch=${annotated(sentence)}`,
      ];
      await as('labeller', ...resize);
      assert.deepEqual(await faultsOf(environment), ['fault.havock8s.io/old'], 'nothing got through');

      const off = await as('labeller', 'annotate', 'pod', 'app', 'fault.havock8s.io/old-');
      assert.equal(off.code, 0, off.stderr);
      assert.equal((await as('labeller', 'label', 'pod', 'app', 'a=b')).code, 0);

      for (const user of ['author', 'editor', 'namespace-admin'])
        for (const [way, args] of Object.entries(ways)) {
          if (way === 'a patch of the status' && user !== 'author') continue;
          const { code, stderr } = await as(user, ...args);
          assert.equal(code, 0, `${user} by ${way}: ${stderr}`);
          assert.deepEqual(await faultsOf(environment), [fault], `${user} by ${way}`);
          await environment.succeed(['annotate', 'pod', 'app', `${fault}-`]);
        }
      const bad = await as('author', 'annotate', 'pod', 'app', `${fault}=disk latensy 1ms`);
      assert.match(bad.stderr, /"latensy" is not an effect; did you mean "latency"\?/);
      t.diagnostic(bad.stderr.trim());
    }));

  test('a permission in one namespace is none in another, and a binding to a node carries no fault past it', () =>
    Environment.play({ name: 'elsewhere' }, async (environment) => {
      const { namespace } = environment;
      await environment.apply(permissions(namespace));
      await eventually('author may here', () => mayAuthor(environment, 'author'), { boundMs });
      assert.equal(await mayAuthor(environment, 'author', 'default'), false);
      const unbound = redisPod('unbound');
      const spec = { ...unbound.spec, schedulerName: 'nobody' };
      await environment.apply([{ ...unbound, spec }]);
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'unbound', annotations: { [fault]: sentence } },
        target: { apiVersion: 'v1', kind: 'Node', name: 'n1' },
      };
      const path = `/api/v1/namespaces/${namespace}/pods/unbound/binding`;
      const { code, stderr } = await environment.run(
        ['create', '--raw', path, '-f', '-', '--as=labeller'],
        binding,
      );
      assert.equal(code, 1);
      assert.match(stderr, /labeller may not set faults/);
    }));
});

/** As docs/operate/rbac.md has it: `kubectl auth can-i` knows only resources that the API server lists. */
async function mayAuthor(
  environment: Environment,
  user: string,
  namespace = environment.namespace,
): Promise<boolean> {
  const resourceAttributes = { namespace, verb: 'create', group: 'havock8s.io', resource: 'faults' };
  const { status } = await environment.cluster.json<{ status: { allowed: boolean } }>(['create', '-f', '-'], {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes },
  });
  return status.allowed;
}

function annotated(text: string): string {
  return JSON.stringify({ metadata: { annotations: { [fault]: text } } });
}

async function faultsOf(environment: Environment): Promise<readonly string[]> {
  const { metadata } = await environment.json<{ metadata: { annotations?: Record<string, string> } }>([
    ...['get', 'pod', 'app'],
  ]);
  return Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith('fault.havock8s.io/'));
}

function permissions(namespace: string): readonly object[] {
  const api = 'rbac.authorization.k8s.io';
  const role = {
    apiVersion: `${api}/v1`,
    kind: 'Role',
    metadata: { name: 'pod-changer' },
    rules: [
      {
        apiGroups: [''],
        resources: ['pods', 'pods/status', 'pods/resize', 'pods/binding'],
        verbs: ['get', 'patch', 'update', 'create'],
      },
    ],
  };
  const user = (name: string) => ({ kind: 'User', name, apiGroup: api });
  const bind = (kind: string, name: string, ...subjects: readonly object[]) => ({
    apiVersion: `${api}/v1`,
    kind: 'RoleBinding',
    metadata: { name: `${kind.toLowerCase()}-${name}` },
    roleRef: { apiGroup: api, kind, name },
    subjects,
  });
  const account = { kind: 'ServiceAccount', name: 'deployer', namespace };
  return [
    role,
    bind('Role', 'pod-changer', user('labeller'), user('author'), account),
    bind('ClusterRole', 'havock8s-fault-author', user('author')),
    bind('ClusterRole', 'edit', user('editor')),
    bind('ClusterRole', 'admin', user('namespace-admin')),
    bind('ClusterRole', 'view', user('viewer')),
  ];
}
