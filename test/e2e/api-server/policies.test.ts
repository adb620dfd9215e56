import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { V1Pod } from '@kubernetes/client-node';
import { Kubectl, type KubectlResult } from '../../../dev/cluster/kubectl.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod, isInjected, type StoredPod } from '../../webhook/pods.js';
import { withOtherWebhook } from './other-webhook.js';
import { databases, WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv');

suite('policies of the manifests', { skip }, () => {
  let cluster: WebhookCluster;
  before(async () => {
    cluster = await WebhookCluster.start({ replicas: 1, users: { labeller: [], author: [] } });
    await cluster.kubectl.succeed(['apply', '-f', '-'], permissions);
    await cluster.kubectl.succeed(
      ['create', `--namespace=${databases}`, '-f', '-'],
      databasePod('pg-0', { 'fault.havock8s.io/old': 'disk latency 1ms' }),
    );
    await until(async () => (await annotate('labeller', 'probe=disk latency 1ms')).code !== 0, 30_000);
  });
  after(() => cluster?.stop());

  const annotate = (user: string, fault: string): Promise<KubectlResult> =>
    new Kubectl(cluster.server.kubeconfig(user)).run([
      'annotate',
      '--overwrite',
      'pod',
      'pg-0',
      `--namespace=${databases}`,
      `fault.havock8s.io/${fault}`,
    ]);

  test('who may change pods and no faults is refused by name, and told what it takes', async () => {
    const { code, stderr } = await annotate('labeller', 'slow=disk latency 1ms');
    assert.equal(code, 1);
    assert.match(stderr, /labeller may not set faults on pods of namespace databases/);
    assert.match(stderr, /verb create on faults\.havock8s\.io/);
  });

  test('that one may still switch a fault off, and change what is not a fault', async () => {
    const { code, stderr } = await annotate('labeller', 'old-');
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const labeller = new Kubectl(cluster.server.kubeconfig('labeller'));
    await labeller.succeed(['label', 'pod', 'pg-0', `--namespace=${databases}`, 'a=b']);
  });

  test('who may set faults may', async () => {
    assert.equal((await annotate('author', 'slow=disk latency 1ms')).code, 0);
  });

  const created = (name: string): Promise<KubectlResult> =>
    cluster.kubectl.run(
      ['create', `--namespace=${databases}`, '--output=json', '-f', '-'],
      databasePod(name),
    );

  test('what a webhook of old types strips is mended: ours is asked again', async () => {
    const other = {
      name: 'zzz-old-types',
      namespace: databases,
      reinvocationPolicy: 'Never',
      patch: strip,
    } as const;
    await withOtherWebhook(cluster, other, async () => {
      const { code, stdout, stderr } = await created('mended');
      assert.equal(code, 0, stderr);
      assert.ok(isInjected(JSON.parse(stdout) as StoredPod));
    });
  });

  test('what strips them last has the pod refused by the API server itself: no plain init container has a startup probe', async () => {
    const other = {
      name: 'zzz-old-types',
      namespace: databases,
      reinvocationPolicy: 'IfNeeded',
      patch: strip,
    } as const;
    await withOtherWebhook(cluster, other, async () => {
      const { code, stderr } = await created('stripped');
      assert.equal(code, 1);
      assert.match(stderr, /startupProbe: Forbidden: .*without restartPolicy=Always/);
    });
  });

  test('what takes the sidecars away last has the pod refused by the policy: a database would write to memory', async () => {
    const other = {
      name: 'zzz-cleaner',
      namespace: databases,
      reinvocationPolicy: 'IfNeeded',
      patch: drop,
    } as const;
    await withOtherWebhook(cluster, other, async () => {
      const { code, stderr } = await created('dropped');
      assert.equal(code, 1);
      assert.match(stderr, /havock8s-native-sidecars.*havock8s-faults is not there any more/);
    });
  });
});

/** As a program built on Kubernetes 1.27 decodes and encodes a pod. */
const strip = ({ spec }: V1Pod) =>
  (spec?.initContainers ?? []).flatMap(({ restartPolicy }, index) =>
    restartPolicy === undefined
      ? []
      : [{ op: 'remove', path: `/spec/initContainers/${index}/restartPolicy` } as const],
  );

/** The last first: places of a list move up. */
const drop = ({ spec }: V1Pod) =>
  (spec?.initContainers ?? [])
    .flatMap(({ name }, index) =>
      name.startsWith('havock8s-') ? [{ op: 'remove', path: `/spec/initContainers/${index}` } as const] : [],
    )
    .toReversed();

const binding = (user: string, roleRef: { readonly kind: string; readonly name: string }) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: user, namespace: databases },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
  subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
});

const podChanger = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'pod-changer', namespace: databases },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'patch', 'update'] }],
};

const permissions = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    podChanger,
    binding('labeller', { kind: 'Role', name: 'pod-changer' }),
    binding('author', { kind: 'ClusterRole', name: 'havock8s-fault-author' }),
    {
      ...binding('author', { kind: 'Role', name: 'pod-changer' }),
      metadata: { name: 'author-pods', namespace: databases },
    },
  ],
};
