/** Of watched objects what losing a node is about, and no more: a namespace may have thousands of pods. */
import type { KubeObject, ObjectMeta } from '../../../../kube/kube-object.js';
import { nodeMarks } from './node-mark.js';
import type { Node } from './node-objects.js';
import type { EndpointSlice, Pod, VolumeAttachment } from './pod-objects.js';

export function prunedNode(object: KubeObject): Node {
  const { spec: { taints = [], unschedulable = false } = {}, status } = object as Node;
  const { annotations = {} } = object.metadata;
  const marks = Object.values(nodeMarks).flatMap((name) => {
    const text = annotations[name];
    return text === undefined ? [] : [[name, text] as const];
  });
  return {
    metadata: { ...named(object), annotations: Object.fromEntries(marks) },
    spec: { taints, unschedulable },
    status: { conditions: status?.conditions ?? [] },
  };
}

export function prunedPod(object: KubeObject): Pod {
  const { spec: { nodeName, volumes = [] } = {}, status: { phase, conditions = [] } = {} } = object as Pod;
  const claims = volumes.filter(
    ({ persistentVolumeClaim, ephemeral }) => persistentVolumeClaim !== undefined || ephemeral !== undefined,
  );
  return {
    metadata: { ...named(object), ownerReferences: object.metadata.ownerReferences ?? [] },
    spec: { volumes: claims, ...(nodeName !== undefined && { nodeName }) },
    status: { conditions, ...(phase !== undefined && { phase }) },
  };
}

export function prunedAttachment(object: KubeObject): VolumeAttachment {
  const { spec = {}, status = {} } = object as VolumeAttachment;
  return { metadata: named(object), spec, status: { attached: status.attached === true } };
}

export const prunedSlice = (object: KubeObject): EndpointSlice => ({
  metadata: named(object),
  endpoints: (object as EndpointSlice).endpoints ?? [],
});

const named = ({ metadata: { name, namespace, uid, deletionTimestamp } }: KubeObject): ObjectMeta => ({
  name,
  ...(namespace !== undefined && { namespace }),
  ...(uid !== undefined && { uid }),
  ...(deletionTimestamp !== undefined && { deletionTimestamp }),
});
