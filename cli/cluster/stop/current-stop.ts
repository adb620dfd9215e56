/** Is everything stopped? Told beside what else is shown of a cluster, so no failure of its own. */
import { hasCode, messageOf } from '../../../core/havoc-error.js';
import { printable } from '../../../core/printable.js';
import {
  type EmergencyStop,
  emergencyStopTarget,
  readEmergencyStop,
  stopText,
} from '../../../kube/emergency-stop.js';
import type { KubeApi } from '../../../kube/kube-api.js';

/** Null: nothing is stopped. `unknown` is why that could not be read. */
export type CurrentStop = EmergencyStop | null | { readonly unknown: string };

/** Never rejects. */
export async function currentStop(api: KubeApi): Promise<CurrentStop> {
  try {
    // Null too where there is no such kind.
    const object = await api.get(emergencyStopTarget);
    return object === null ? null : readEmergencyStop(object);
  } catch (error) {
    return { unknown: hasCode(error, 'kube.forbidden') ? 'it may not be read' : messageOf(error) };
  }
}

/** Null where there is nothing to say: also where nobody knows, since most users may not read it. */
export function stopNote(stop: CurrentStop): string | null {
  if (stop === null || 'unknown' in stop) return null;
  return `everything is stopped ${stopText(stop)}; nothing is armed until: havock8s release`;
}

export function stopRow(stop: CurrentStop): string {
  if (stop === null) return 'nothing is stopped';
  return stopNote(stop) ?? ('unknown' in stop ? `unknown: ${printable(stop.unknown)}` : '');
}
