/**
 * How a node is before anything is done to it, to be stored before anything is done. It sees through what other runs of ours
 * have done: a node that one of them has cordoned is schedulable, and it will say so when it ends.
 */
import { readMark, taintKey } from './node-mark.js';
import type { Node, Taint } from './node-objects.js';

/** JSON, to be written into a journal. */
export interface NodeBefore {
  readonly uid: string;
  readonly unschedulable: boolean;
  /** Without those of ours. */
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
}

export function nodeBefore(node: Node): NodeBefore {
  const mark = readMark(node, 'cordon');
  const isCordoned = node.spec?.unschedulable ?? false;
  return {
    uid: node.metadata.uid ?? '',
    unschedulable: mark === null || mark === 'unreadable' ? isCordoned : mark.wasUnschedulable && isCordoned,
    taints: taintsOf(node)
      .filter(({ key }) => key !== taintKey)
      .map(({ key, value = '', effect }) => ({ key, value, effect })),
  };
}

export const taintsOf = ({ spec }: Node): readonly Taint[] => spec?.taints ?? [];
