/**
 * How many nodes of a zone may be lost. The node controller stops to evict where it thinks that it is itself that is cut
 * off: with more than two nodes of a zone lost that are 55 % of it or more, or with every node lost. What an experiment would
 * show then is not the failure of some nodes (kubernetes, `ComputeZoneState`).
 */
import { isReady, type Node } from './node-objects.js';
import type { Refusal } from './refusal.js';

const unhealthyShare = 0.55;
const alwaysFewEnough = 2;

export function tooMany(lost: readonly string[], nodes: readonly Node[]): readonly Refusal[] {
  const isLost = (node: Node): boolean => !isReady(node) || lost.includes(node.metadata.name);
  const [node = ''] = lost;
  if (nodes.length > 0 && nodes.every(isLost))
    return [
      {
        kind: 'share',
        node,
        message: `no node would be left of ${nodes.length}; the control plane evicts nobody then: name fewer`,
      },
    ];
  return [...new Set(nodes.map(zoneOf))].flatMap((zone) => {
    const members = nodes.filter((one) => zoneOf(one) === zone);
    const gone = members.filter(isLost).length;
    if (gone <= alwaysFewEnough || gone / members.length < unhealthyShare) return [];
    const most = Math.max(alwaysFewEnough, Math.ceil(members.length * unhealthyShare) - 1);
    const named = members.find(({ metadata }) => lost.includes(metadata.name))?.metadata.name;
    if (named === undefined) return [];
    const share = Math.round((gone / members.length) * 100);
    return [
      {
        kind: 'share',
        node: named,
        message: `${gone} of ${members.length} nodes of zone ${zone || 'without a name'} would be lost, ${share} %; from 55 % on the control plane stops to evict: let ${most} be lost at most`,
      },
    ];
  });
}

/** As the node controller tells zones apart. */
function zoneOf({ metadata: { labels = {} } }: Node): string {
  const of = (what: string): string =>
    labels[`failure-domain.beta.kubernetes.io/${what}`] ?? labels[`topology.kubernetes.io/${what}`] ?? '';
  return [of('region'), of('zone')].filter((part) => part !== '').join('/');
}
