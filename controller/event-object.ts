/** An event of Kubernetes at an object of ours. By its name it is told once, whoever tells it again. */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../kube/kube-object.js';

export interface EventObject extends KubeObject {
  readonly reason: string;
  readonly type: 'Normal' | 'Warning';
}

export interface Told {
  readonly reason: string;
  readonly message: string;
  readonly isWarning?: boolean;
}

export function eventAbout(
  { apiVersion, kind, metadata }: KubeObject,
  { reason, message, isWarning = false }: Told,
  wallMs: number,
): EventObject {
  const { namespace = '', name, uid = '' } = metadata;
  const hash = createHash('sha256').update(`${uid} ${reason} ${message}`).digest('hex').slice(0, 12);
  const at = new Date(wallMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${hash}`, namespace },
    type: isWarning ? 'Warning' : 'Normal',
    reason,
    ...{
      involvedObject: { apiVersion, kind, namespace, name, uid },
      message: message.slice(0, 1000),
      source: { component: 'havock8s-controller' },
      ...{ firstTimestamp: at, lastTimestamp: at, count: 1 },
    },
  };
}
