/** A cluster in memory with a set of pods, and controllers that end with the test. */
import type { TestContext } from 'node:test';
import type { KubeObject } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { namespace, SimulatedCluster, type SimulatedController } from './simulated-cluster.js';

export async function clusterOf(context: TestContext, pods = ['db-0', 'db-1', 'db-2']) {
  const cluster = new SimulatedCluster();
  await cluster.namespace();
  for (const pod of pods) await cluster.pod(pod);
  const controllers: SimulatedController[] = [];
  context.after(async () => {
    for (const controller of controllers) await controller.stop();
  });
  return {
    cluster,
    start: () => {
      const controller = cluster.controller();
      controllers.push(controller);
      return controller;
    },
    verdictOf: async (name: string) => {
      await cluster.until(`${name} is over`, () => cluster.isOver(name));
      const { judgement } = await cluster.run(name);
      return `${judgement?.verdict}: ${judgement?.reason}: ${judgement?.message}`;
    },
  };
}

/** The StatefulSet db, as an object that owns the three pods; gives how many replicas it is to have. */
export async function withSet({ store }: SimulatedCluster): Promise<() => Promise<number | undefined>> {
  const sets = { resource: resources.statefulSets, namespace };
  const set = {
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace } },
    spec: { replicas: 3 },
  };
  const { metadata } = await store.create<KubeObject>(sets, set as KubeObject);
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    name: 'db',
    uid: metadata.uid,
    controller: true,
  };
  for (const name of ['db-0', 'db-1', 'db-2'])
    await store.patch(
      { resource: resources.pods, namespace, name },
      { kind: 'merge', body: { metadata: { ownerReferences: [owner] } } },
    );
  return async () =>
    (await store.get<KubeObject & { spec: { replicas: number } }>({ ...sets, name: 'db' }))?.spec.replicas;
}
