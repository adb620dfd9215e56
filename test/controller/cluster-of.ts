/** A cluster in memory with a set of pods, and controllers that end with the test. */
import type { TestContext } from 'node:test';
import { SimulatedCluster, type SimulatedController } from './simulated-cluster.js';

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
