/** The one EmergencyStop of a cluster: while it exists nothing of havock8s begins. The policy of the manifests refuses it. */
import { valueAt } from '../core/json.js';
import { printable } from '../core/printable.js';
import type { KubeObject, Target } from './kube-object.js';
import { resources } from './resources.js';

export interface EmergencyStop {
  readonly reason: string;
  /** As the API server knows them; null where an object made by hand does not say. */
  readonly by: string | null;
  readonly at: string | null;
}

export const emergencyStopTarget: Target = {
  resource: resources.emergencyStops,
  namespace: null,
  name: 'cluster',
};

/** Whatever the object says: that there is one counts. */
export function readEmergencyStop(object: KubeObject): EmergencyStop {
  const textOf = (field: string): string | null => {
    const value = valueAt(object, ['spec', field]);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const at = textOf('at') ?? object.metadata.creationTimestamp ?? null;
  return { reason: textOf('reason') ?? '', by: textOf('by'), at };
}

/** `by alice since 2026-01-02T03:04:05Z: pager`, as the policy says it. */
export const stopText = ({ reason, by, at }: EmergencyStop): string =>
  printable(`by ${by ?? 'somebody'}${at === null ? '' : ` since ${at}`}: ${reason}`);
