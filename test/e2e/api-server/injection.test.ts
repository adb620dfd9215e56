import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import type { KubectlResult } from '../../../dev/cluster/kubectl.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod, injectionOf, isInjected, type StoredPod } from '../../webhook/pods.js';
import { withOtherWebhook } from './other-webhook.js';
import { databases, WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv');

suite('pods are injected as the API server stores them', { skip }, () => {
  let cluster: WebhookCluster;
  before(async () => {
    cluster = await WebhookCluster.start({ replicas: 1 });
    await cluster.kubectl.createNamespace('elsewhere');
    await cluster.kubectl.createNamespace('restricted', {
      [injectionLabel]: injectionEnabled,
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });
  after(() => cluster?.stop());

  const create = (pod: V1Pod, namespace = databases, ...more: readonly string[]): Promise<KubectlResult> =>
    cluster.kubectl.run(['create', `--namespace=${namespace}`, '--output=json', ...more, '-f', '-'], pod);

  /** As it is stored, with what was said beside. */
  async function created(pod: V1Pod, namespace = databases): Promise<{ pod: StoredPod; warnings: string }> {
    const { code, stderr } = await create(pod, namespace);
    assert.equal(code, 0, stderr);
    const name = pod.metadata?.name ?? '';
    const stored = await cluster.kubectl.json<StoredPod>(['get', 'pod', name, `--namespace=${namespace}`]);
    return { pod: stored, warnings: stderr };
  }

  test('native sidecars are first, and every mount of the claim is the served one', async () => {
    const { pod, warnings } = await created(databasePod('pg-0'));
    assert.equal(warnings, '');
    assert.deepEqual(
      pod.spec.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy]),
      [
        ['havock8s-mount', 'Always'],
        ['havock8s-faults', 'Always'],
        ['prepare', undefined],
      ],
    );
    const served = { name: 'havock8s-served', mountPath: '/var/lib/postgresql/data' };
    const propagated = { mountPropagation: 'HostToContainer' };
    assert.deepEqual(mountsOf(pod.spec.initContainers?.[2]), [{ ...served, subPath: 'data', ...propagated }]);
    assert.deepEqual(mountsOf(pod.spec.containers[0]), [
      { ...served, subPath: 'data/pgdata', ...propagated },
    ]);
    const { volumes, inbound, by } = injectionOf(pod) ?? {};
    assert.deepEqual({ volumes, inbound, by }, { volumes: ['data'], inbound: [5432], by: 'webhook' });
  });

  test('a dry run shows the sidecars and leaves nothing', async () => {
    const { stdout, stderr } = await create(databasePod('dry'), databases, '--dry-run=server');
    assert.ok(isInjected(JSON.parse(stdout)), stderr);
    const { stderr: said } = await cluster.kubectl.run(['get', 'pod', 'dry', `--namespace=${databases}`]);
    assert.match(said, /NotFound/);
  });

  test('a namespace that is not opted in, and a pod that refuses, are left as they are', async () => {
    assert.ok(!isInjected((await created(databasePod('pg-0'), 'elsewhere')).pod));
    assert.ok(!isInjected((await created(databasePod('refuses', { 'havock8s.io/inject': 'false' }))).pod));
  });

  test('where Pod Security would refuse the sidecar, the pod is created without, and kubectl shows why', async () => {
    const { pod, warnings } = await created(restrictedPod('pg-0'), 'restricted');
    assert.ok(!isInjected(pod));
    assert.match(warnings, /Warning: havock8s puts no sidecar into this pod: Pod Security of its namespace/);
  });

  test('the workload of such a pod is told by an event, once for all its pods', async () => {
    const uid = '0b7f3c0e-6a0e-4b0b-9a4e-2f6d1c7b8e90';
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'pg', uid, controller: true };
    for (const name of ['owned-0', 'owned-1']) {
      const pod = restrictedPod(name);
      await created({ ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } }, 'restricted');
    }
    const about = [
      'get',
      'events',
      '--namespace=restricted',
      '--field-selector=involvedObject.kind=StatefulSet',
    ];
    const events = async () => (await cluster.kubectl.json<{ items: CoreV1Event[] }>(about)).items;
    await until(async () => (await events()).length > 0);
    const [event, ...others] = await events();
    assert.deepEqual(others, []);
    assert.equal(event?.reason, 'SidecarSkipped');
    assert.match(event?.message ?? '', /Pod Security of its namespace.*the level is restricted/);
  });

  test('a bad sentence is refused when kubectl annotates, with the problem, its column and the nearest word', async () => {
    await created(databasePod('pg-1'));
    const refused = await annotate('pg-1', 'slow=disk latency 200ms on fsnyc');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /admission webhook "faults.havock8s.io" denied the request/);
    assert.match(refused.stderr, /fault\.havock8s\.io\/slow: column 23: .*fsnyc.*"fsync"/);
    const pod = await cluster.kubectl.json<StoredPod>(['get', 'pod', 'pg-1', `--namespace=${databases}`]);
    assert.ok(!('fault.havock8s.io/slow' in (pod.metadata.annotations ?? {})));
  });

  test('a good sentence is stored, and its removal too', async () => {
    await created(databasePod('pg-2'));
    const { code, stderr } = await annotate('pg-2', 'slow=disk latency 200ms on fsync for 5m');
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.equal((await annotate('pg-2', 'slow-')).code, 0);
  });

  test('a pod that is created with a bad sentence is refused, and not stored', async () => {
    const { code, stderr } = await create(
      databasePod('bad', { 'fault.havock8s.io/x': 'tcp latency 5 port 5432' }),
    );
    assert.equal(code, 1);
    assert.match(stderr, /fault.havock8s.io\/x/);
    const { stderr: said } = await cluster.kubectl.run(['get', 'pod', 'bad', `--namespace=${databases}`]);
    assert.match(said, /NotFound/);
  });

  test('a fault on a pod that has no sidecar is stored, with a warning that nothing will come of it', async () => {
    await created(databasePod('plain'), 'elsewhere');
    const { code, stderr } = await annotate('plain', 'slow=disk latency 1ms', 'elsewhere');
    assert.equal(code, 0);
    assert.match(stderr, /^Warning: .*sidecar/);
  });

  test('updates that touch no fault are not asked about', async () => {
    await created(databasePod('pg-3', { 'fault.havock8s.io/slow': 'disk latency 1ms' }));
    const before = await faultReviews();
    await cluster.kubectl.succeed(['label', 'pod', 'pg-3', `--namespace=${databases}`, 'a=b']);
    const status = { status: { message: 'as the kubelet would' } };
    await cluster.kubectl.succeed([
      'patch',
      'pod',
      'pg-3',
      `--namespace=${databases}`,
      '--subresource=status',
      `--patch=${JSON.stringify(status)}`,
    ]);
    assert.equal(await faultReviews(), before);
    await annotate('pg-3', 'slow=disk latency 2ms');
    assert.equal(await faultReviews(), before + 1);
  });

  test('beside an injector like that of Istio, before ours or after it, both have their sidecars, and each mount of theirs is served', async () => {
    for (const name of ['aaa-istio', 'istio-sidecar-injector']) {
      const other = { name, namespace: databases, reinvocationPolicy: 'IfNeeded', patch: istioLike } as const;
      await withOtherWebhook(cluster, other, async () => {
        const { pod } = await created(databasePod(name));
        const inits = pod.spec.initContainers?.map((container) => container.name) ?? [];
        assert.deepEqual(
          [...inits].sort(),
          ['havock8s-faults', 'havock8s-mount', 'istio-proxy', 'istio-validation', 'prepare'],
          name,
        );
        assert.ok(isInjected(pod));
        assert.ok(inits.indexOf('havock8s-faults') < inits.indexOf('prepare'));
        const theirs = pod.spec.initContainers?.find((container) => container.name === 'istio-proxy');
        assert.deepEqual(
          mountsOf(theirs).map((mount) => mount.name),
          ['havock8s-served'],
          name,
        );
      });
    }
  });

  const annotate = (pod: string, fault: string, namespace = databases): Promise<KubectlResult> =>
    cluster.kubectl.run([
      'annotate',
      '--overwrite',
      'pod',
      pod,
      `--namespace=${namespace}`,
      `fault.havock8s.io/${fault}`,
    ]);

  async function faultReviews(): Promise<number> {
    const metrics = (await cluster.replicas[0]?.metrics()) ?? '';
    const counts = metrics.matchAll(/^havock8s_webhook_reviews_total\{[^}]*webhook="faults"[^}]*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }
});

/** Without the token that the API server adds, if it does. */
const mountsOf = (container?: V1Container) =>
  (container?.volumeMounts ?? []).filter(({ mountPath }) => !mountPath.includes('serviceaccount'));

type V1Container = NonNullable<V1Pod['spec']>['containers'][number];

function restrictedPod(name: string): V1Pod {
  const pod = databasePod(name);
  const own = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  };
  const containers = (pod.spec?.containers ?? []).map((container) => ({
    ...container,
    securityContext: own,
  }));
  const securityContext = { runAsNonRoot: true, runAsUser: 70, seccompProfile: { type: 'RuntimeDefault' } };
  return { ...pod, spec: { ...pod.spec, initContainers: [], containers, securityContext } };
}

/** Istio's way: if its sidecar is there it goes first again, and otherwise it comes. It uses the database's volume, too. */
function istioLike({ spec }: V1Pod) {
  const inits = (spec?.initContainers ?? []).filter(({ name }) => !name.startsWith('istio-'));
  const image = 'istio/proxyv2:1.27';
  const value = [
    { name: 'istio-validation', image },
    {
      name: 'istio-proxy',
      image,
      restartPolicy: 'Always',
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
    ...inits,
  ];
  const seen = spec?.initContainers?.some(({ name }) => name === 'istio-proxy') ?? false;
  return seen ? [] : ([{ op: 'add', path: '/spec/initContainers', value }] as const);
}
