/**
 * Cordon: nothing new is scheduled on the node. The API server cannot end it by itself: whoever sees the annotation after its
 * time does (`sweep-nodes.ts`).
 */
import { changeNode, type NodeChange, nodeTarget } from './change-node.js';
import { isOwnMark, type NodeMark, nodeMarks, readMark, saysOfMark, writeMark } from './node-mark.js';
import type { Node } from './node-objects.js';
import { goneError, lateError, type NodeAction, takenError } from './node-request.js';
import { writtenBy } from './written-by.js';

export const cordon: NodeAction = {
  async begin(api, request, nowMs) {
    const { node: name, untilMs, before } = request;
    if (untilMs <= nowMs) throw lateError(name);
    const cordoned = await changeNode(api, name, (node) => {
      if (node.metadata.uid !== before.uid) throw goneError(name);
      const mark = readMark(node, 'cordon');
      if (isOwnMark(mark, request)) return null;
      if (mark !== null) throw takenError(name, saysOfMark(mark, 'cordon'));
      return {
        unschedulable: true,
        annotations: {
          [nodeMarks.cordon]: writeMark({ ...request, wasUnschedulable: before.unschedulable }),
        },
      };
    });
    if (cordoned === null) throw goneError(name);
    return before.unschedulable
      ? `node ${name} was cordoned already, and stays so`
      : `node ${name} is cordoned`;
  },

  async state(api, request) {
    const node = await api.get<Node>(nodeTarget(request.node));
    if (node === null || !isOwnMark(readMark(node, 'cordon'), request)) return 'absent';
    return node.spec?.unschedulable ? 'in-force' : 'ineffective';
  },

  async end(api, request) {
    const { node: name, before } = request;
    const node = await changeNode(api, name, (found) => {
      const mark = readMark(found, 'cordon');
      if (found.metadata.uid !== before.uid) return null;
      if (isOwnMark(mark, request)) return uncordoning(found, mark);
      // Somebody took the annotation away, or changed it.
      const isLost = mark === null || mark === 'unreadable';
      return isLost &&
        !before.unschedulable &&
        found.spec?.unschedulable &&
        writtenBy(found, 'unschedulable') === 'us'
        ? uncordoning(found, { wasUnschedulable: false })
        : null;
    });
    if (node === null) return `node ${name} is gone`;
    return node.spec?.unschedulable
      ? `node ${name} stays cordoned, as others want it`
      : `node ${name} is schedulable`;
  },
};

/** The change that ends a cordon of ours. */
export const uncordoning = (node: Node, mark: Pick<NodeMark, 'wasUnschedulable'>): NodeChange => ({
  annotations: { [nodeMarks.cordon]: null },
  ...(isToUncordon(node, mark) && { unschedulable: false }),
});

const isToUncordon = (node: Node, { wasUnschedulable }: Pick<NodeMark, 'wasUnschedulable'>): boolean =>
  !wasUnschedulable && node.spec?.unschedulable === true && writtenBy(node, 'unschedulable') !== 'others';
