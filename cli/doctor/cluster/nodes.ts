/** Check `nodes`: are they ready, and what do their kernels lack? */

import { broken, count, type Judgement, ok } from '../finding.js';
import { judgeKernel } from '../machine/kernel.js';
import type { ClusterCheck } from './cluster-check.js';
import { conditionOf, nameOf, textAt } from './objects.js';

export interface SeenNode {
  readonly name: string;
  readonly kernel: string;
  readonly system: string;
  readonly isReady: boolean;
}

export const nodes: ClusterCheck = {
  name: 'nodes',
  look: async (cluster) => judgeNodes((await cluster.nodes()).map(seenNode)),
};

export const seenNode = (object: unknown): SeenNode => ({
  name: nameOf(object),
  kernel: textAt(object, ['status', 'nodeInfo', 'kernelVersion']) ?? '',
  system: textAt(object, ['status', 'nodeInfo', 'operatingSystem']) ?? 'linux',
  isReady: conditionOf(object, 'Ready') === 'True',
});

export function judgeNodes(seen: readonly SeenNode[]): readonly Judgement[] {
  const troubles = seen.filter(({ system }) => system === 'linux').flatMap(judgeNode);
  const well = seen.length - new Set(troubles.map(({ subject }) => subject)).size;
  if (well === 0 && troubles.length > 0) return troubles;
  return [...troubles, ok(`${count(well, 'node')} ready, with all that faults need`)];
}

function judgeNode({ name: subject, kernel, isReady }: SeenNode): readonly Judgement[] {
  const ofKernel = judgeKernel(kernel).filter(({ verdict }) => verdict !== 'ok');
  const away = broken({
    subject,
    found: 'it is not ready',
    follows: 'faults there end by themselves; its pods cannot be deleted or recreated until it is',
    mend: [`kubectl describe node ${subject}`],
  });
  return [
    ...(isReady ? [] : [away]),
    ...ofKernel.map((one): Judgement => ({ ...one, subject, mend: aNewerKernel })),
  ];
}

const aNewerKernel = [
  'a node image with Linux 6.9 or later; which one a mount has: havock8s status, in the pod',
];
