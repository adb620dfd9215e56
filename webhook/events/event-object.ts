/** A core/v1 Event, as `kubectl describe` shows it below what it is about. */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../../kube/kube-object.js';
import { eventLimits } from './limits.js';
import type { PodEvent } from './pod-event.js';

const component = 'havock8s-webhook';

/** The name follows from what is said: to say it again finds it there, until the API server has forgotten it. */
export function eventObject({ about, reason, message }: PodEvent, nowMs: number): KubeObject {
  const hash = createHash('sha256').update(`${about.uid} ${reason} ${message}`).digest('hex').slice(0, 16);
  const timestamp = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${about.name.slice(0, 200)}.${hash}`, namespace: about.namespace },
    involvedObject: about,
    type: 'Warning',
    reason,
    message: message.slice(0, eventLimits.messageLength),
    source: { component },
    reportingComponent: component,
    reportingInstance: component,
    firstTimestamp: timestamp,
    lastTimestamp: timestamp,
    count: 1,
  };
  return event;
}
