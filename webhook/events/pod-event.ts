/**
 * What `kubectl describe` of a workload should say of the sidecar in its pods: that it was left out, or something of
 * the pod was. Found from the pod itself, as the webhook's handler may not write anything.
 *
 *     pod ─┬─ has our status ── something left ─► SidecarIncomplete
 *          └─ has none, and asked ── admit ─ skip ─► SidecarSkipped
 */

import { isObject } from '../../core/json.js';
import type { Admission, AdmissionContext } from '../admission.js';
import { admit } from '../admit.js';
import { originalPod } from '../inject/original-pod.js';
import type { InjectionConfig } from '../injection-config.js';
import { readPod } from '../pod.js';
import { noteSentence, skipSentence } from '../sentences.js';

export interface PodEvent {
  /** Who is told: the pod's controller, or the pod itself. */
  readonly about: ObjectReference;
  readonly reason: 'SidecarSkipped' | 'SidecarIncomplete';
  readonly message: string;
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

/** Null where there is nothing to tell, as of most pods. */
export function podEvent(
  value: unknown,
  context: AdmissionContext,
  config: InjectionConfig,
): PodEvent | null {
  const pod = readPod(value);
  const about = aboutOf(value, context.namespace);
  if (pod === null || about === null) return null;
  const { status } = originalPod(pod);
  if (status !== null) {
    const message = status.left.map(noteSentence).join('; ');
    return message === '' ? null : { about, reason: 'SidecarIncomplete', message };
  }
  const admission = admit(value, { context, config, injector: { by: 'webhook', version: '' } });
  const message = whySkipped(admission);
  return message === null ? null : { about, reason: 'SidecarSkipped', message };
}

function whySkipped(admission: Admission): string | null {
  // It could have been injected: the webhook was away when it was created.
  if (admission.kind === 'inject') return missed;
  const { reason, detail } = admission;
  return reason === 'not-asked' || reason === 'refused' ? null : skipSentence(reason, detail);
}

const missed =
  'havock8s put no sidecar into this pod: its webhook was not asked, or did not answer in time; pods that are created again get one';

/** A workload is told once for all its pods. */
function aboutOf(value: unknown, namespace: string): ObjectReference | null {
  const metadata = isObject(value) ? value['metadata'] : undefined;
  // Nobody needs to hear of what is going.
  if (!isObject(metadata) || metadata['deletionTimestamp'] !== undefined) return null;
  const owners = Array.isArray(metadata['ownerReferences']) ? metadata['ownerReferences'] : [];
  const owner: unknown = owners.find((reference) => isObject(reference) && reference['controller'] === true);
  const itself = { apiVersion: 'v1', kind: 'Pod', name: metadata['name'], uid: metadata['uid'] };
  const { apiVersion, kind, name, uid } = isObject(owner) ? owner : itself;
  const texts = [apiVersion, kind, name, uid];
  if (!texts.every((text): text is string => typeof text === 'string' && text !== '')) return null;
  const [apiVersionText = '', kindText = '', nameText = '', uidText = ''] = texts;
  return { apiVersion: apiVersionText, kind: kindText, name: nameText, uid: uidText, namespace };
}
