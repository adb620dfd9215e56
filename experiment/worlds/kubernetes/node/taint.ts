/**
 * Taint: pods that do not tolerate it are evicted from the node, and none is scheduled there. Like a cordon it is ended by us
 * alone, or by whoever sees the annotation after its time.
 */
import { changeNode, type NodeChange, nodeTarget } from './change-node.js';
import { taintsOf } from './node-before.js';
import { isOwnMark, nodeMarks, readMark, saysOfMark, taintKey, writeMark } from './node-mark.js';
import type { Node } from './node-objects.js';
import { goneError, lateError, type NodeAction, type NodeRequest, takenError } from './node-request.js';

export const taint: NodeAction = {
  async begin(api, request, nowMs) {
    const { node: name, untilMs, before, run } = request;
    if (untilMs <= nowMs) throw lateError(name);
    const tainted = await changeNode(api, name, (node) => {
      if (node.metadata.uid !== before.uid) throw goneError(name);
      if (isOwn(node, request)) return null;
      const mark = readMark(node, 'taint');
      if (mark !== null) throw takenError(name, saysOfMark(mark, 'taint'));
      return {
        annotations: { [nodeMarks.taint]: writeMark({ ...request, wasUnschedulable: false }) },
        taints: [...withoutOwn(node), { key: taintKey, value: run.uid, effect: 'NoExecute' }],
      };
    });
    if (tainted === null) throw goneError(name);
    return `node ${name} has the taint ${taintKey}=${run.uid}:NoExecute`;
  },

  async state(api, request) {
    const node = await api.get<Node>(nodeTarget(request.node));
    if (node === null || !isOwn(node, request)) return 'absent';
    return hasTaint(node, request.run.uid) ? 'in-force' : 'ineffective';
  },

  async end(api, request) {
    const { node: name, before, run } = request;
    const node = await changeNode(api, name, (found) => {
      if (found.metadata.uid !== before.uid) return null;
      // Also where somebody took the annotation away: the taint bears the run as well.
      const isLost = readMark(found, 'taint') === null && hasTaint(found, run.uid);
      return isLost || isOwn(found, request) ? untainting(found) : null;
    });
    return node === null ? `node ${name} is gone` : `node ${name} has no taint of this run`;
  },
};

/** The change that ends a taint of ours. */
export const untainting = (node: Node): NodeChange => ({
  annotations: { [nodeMarks.taint]: null },
  ...(hasTaint(node) && { taints: withoutOwn(node) }),
});

/** One of ours: of that run, or of any. */
export const hasTaint = (node: Node, run?: string): boolean =>
  taintsOf(node).some(({ key, value }) => key === taintKey && (run === undefined || value === run));

const withoutOwn = (node: Node) => taintsOf(node).filter(({ key }) => key !== taintKey);

const isOwn = (node: Node, request: NodeRequest): boolean => isOwnMark(readMark(node, 'taint'), request);
