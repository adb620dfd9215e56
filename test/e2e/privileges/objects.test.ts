import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { podVolume, sidecar } from '../../../core/pod-layout.js';
import type { Kubectl } from '../../../dev/cluster/kubectl.js';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { redisPod } from './redis-pod.js';

const skip = needsCluster();

suite('what of ours is on the cluster', { skip }, () => {
  test('no object that the manifests made reaches a node: no hostPath, no hostPID, no hostNetwork, no hostPort', (t) =>
    Environment.play({ name: 'objects' }, async (environment) => {
      const objects = await ourObjects(environment.cluster);
      const specs = objects.flatMap((object) => podSpecsIn(object));
      t.diagnostic(`${objects.length} objects, ${specs.length} of them with pods`);
      assert.ok(objects.length > 15 && specs.length >= 3);
      assert.ok(!objects.some(({ kind }) => kind === 'DaemonSet'));
      for (const { of, spec } of specs) assert.deepEqual(reachesOf(spec), [], of);
    }));

  test('nor does an injected pod, and injection leaves what the pod has of it as it was', (t) =>
    Environment.play({ name: 'reaches' }, async (environment) => {
      const own = redisPod('own');
      const [app] = own.spec?.containers ?? [];
      assert.ok(app && own.spec);
      const hostPort: V1Pod = {
        ...own,
        spec: { ...own.spec, containers: [{ ...app, ports: [{ containerPort: 6379, hostPort: 16379 }] }] },
      };
      await environment.apply([redisPod('plain'), hostPort]);
      await environment.succeed(['wait', '--for=condition=Ready', 'pod/plain', 'pod/own', '--timeout=240s']);
      const { items } = await environment.cluster.json<{ items: readonly StoredPod[] }>([
        ...['get', 'pods', '--all-namespaces'],
      ]);
      const injected = items.filter(isInjected);
      t.diagnostic(`${injected.length} injected pods on the cluster`);
      assert.ok(injected.length >= 2);
      for (const pod of injected) assert.deepEqual(reachesOf(ours(pod)), [], pod.metadata.name);
      const stored = await environment.json<StoredPod>(['get', 'pod', 'own']);
      assert.deepEqual(reachesOf(stored.spec), ['hostPort 16379 of redis']);
    }));
});

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Of every kind that can be listed. */
async function ourObjects(kubectl: Kubectl): Promise<readonly KubernetesObject[]> {
  const kinds = (await kubectl.succeed(['api-resources', '--verbs=list', '--output=name']))
    .trim()
    .split('\n');
  const listed = kinds.filter((kind) => !/^events|metrics/.test(kind)).join(',');
  const { items } = await kubectl.json<{ items: readonly KubernetesObject[] }>([
    ...['get', listed, '--all-namespaces', '--selector=app.kubernetes.io/name=havock8s'],
  ]);
  return items;
}

interface Found {
  readonly of: string;
  readonly spec: V1PodSpec;
}

/** Wherever in it they are. */
function podSpecsIn(object: KubernetesObject): readonly Found[] {
  const of = `${object.kind} ${object.metadata.name}`;
  const within = (value: unknown): readonly Found[] => {
    if (typeof value !== 'object' || value === null) return [];
    if (Array.isArray(value)) return value.flatMap(within);
    const here = Array.isArray(Reflect.get(value, 'containers')) ? [{ of, spec: value as V1PodSpec }] : [];
    return [...here, ...Object.values(value).flatMap(within)];
  };
  return within(object);
}

/** What of it gets beyond the pod. */
function reachesOf({ hostPID, hostIPC, hostNetwork, volumes = [], ...spec }: V1PodSpec): readonly string[] {
  const flags = Object.entries({ hostPID, hostIPC, hostNetwork }).flatMap(([name, is]) => (is ? [name] : []));
  const paths = volumes.flatMap(({ name, hostPath }) =>
    hostPath ? [`hostPath ${hostPath.path} of ${name}`] : [],
  );
  const ports = [...(spec.initContainers ?? []), ...spec.containers].flatMap(
    ({ name, ports: declared = [] }) =>
      declared.flatMap(({ hostPort }) => (hostPort ? [`hostPort ${hostPort} of ${name}`] : [])),
  );
  return [...flags, ...paths, ...ports];
}

const [containers, volumes]: readonly ReadonlySet<string>[] = [
  new Set(Object.values(sidecar)),
  new Set(Object.values(podVolume)),
];

/** The part of it that injection brought. */
function ours({ spec }: StoredPod): V1PodSpec {
  return {
    ...spec,
    initContainers: (spec.initContainers ?? []).filter(({ name }) => containers?.has(name)),
    containers: spec.containers.filter(({ name }) => containers?.has(name)),
    volumes: (spec.volumes ?? []).filter(({ name }) => volumes?.has(name)),
  };
}
