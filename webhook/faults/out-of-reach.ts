/**
 * Faults that are right, and that this pod's sidecar cannot carry out: allowed, since the pod may be replaced by one
 * that can, but not without a warning.
 */

import { annotation } from '../../core/keys.js';
import { printable } from '../../core/printable.js';
import type { Fault } from '../../faults/fault.js';
import { isOfPackets } from '../../faults/grammar/tcp-effects.js';
import { type InjectionStatus, readStatus } from '../injection-status.js';

export interface NamedFault {
  /** The annotation's key. */
  readonly key: string;
  readonly fault: Fault;
}

export function outOfReach(
  faults: readonly NamedFault[],
  annotations: ReadonlyMap<string, unknown>,
): readonly string[] {
  if (faults.length === 0) return [];
  const text = annotations.get(annotation.status);
  const status = readStatus(typeof text === 'string' ? text : undefined);
  if (status === null)
    return [
      `this pod has no sidecar of havock8s, so nothing reads ${faultsIn(faults)}: annotate ${annotation.inject}="true" in the pod template of an opted-in namespace`,
    ];
  return faults.flatMap(({ key, fault }) => {
    const reason = whyOutOfReach(fault, status);
    return reason === null ? [] : [`${key} cannot hit: ${reason}`];
  });
}

const faultsIn = (faults: readonly NamedFault[]): string =>
  faults.length === 1 ? (faults[0]?.key ?? '') : `these ${faults.length} faults`;

function whyOutOfReach(fault: Fault, status: InjectionStatus): string | null {
  if (fault.plane === 'disk') return whyNoDisk(fault.match.volume, status.volumes);
  const served = [...new Set([...status.inbound, ...status.outbound])];
  if (served.length === 0) return 'this pod was injected without a TCP port';
  const missed = (fault.match.ports ?? []).filter((port) => !served.includes(port));
  if (missed.length === 0 || isOfPackets(fault.effect.kind)) return null;
  return `port ${missed.join(', ')} is not intercepted (${served.join(', ')} ${served.length === 1 ? 'is' : 'are'})`;
}

function whyNoDisk(volume: string | undefined, served: readonly string[]): string | null {
  if (served.length === 0) return 'this pod was injected without a volume';
  if (volume === undefined || served.includes(volume)) return null;
  return `volume ${printable(volume)} is not served (${served.join(', ')} ${served.length === 1 ? 'is' : 'are'})`;
}
