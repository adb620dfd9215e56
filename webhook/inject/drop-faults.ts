/**
 * While everything is stopped, a pod is created without the faults that its template carries: refused, its workload could not
 * start; with them, they would be on.
 */
import type { Operation } from 'fast-json-patch';
import { isObject, pointerTo } from '../../core/json.js';
import { faultPrefix } from '../../core/keys.js';

export interface DroppedFaults {
  /** As it would have come without them: what is done to it next starts from here. */
  readonly object: unknown;
  readonly patch: readonly Operation[];
  /** Their names. */
  readonly faults: readonly string[];
}

export function dropFaults(object: unknown): DroppedFaults {
  const metadata = isObject(object) ? object['metadata'] : undefined;
  const annotations = isObject(metadata) ? metadata['annotations'] : undefined;
  const isFault = (key: string): boolean => key.startsWith(faultPrefix);
  const keys = isObject(annotations) ? Object.keys(annotations).filter(isFault) : [];
  if (!isObject(object) || !isObject(metadata) || !isObject(annotations) || keys.length === 0)
    return { object, patch: [], faults: [] };
  const others = Object.fromEntries(Object.entries(annotations).filter(([key]) => !isFault(key)));
  return {
    object: { ...object, metadata: { ...metadata, annotations: others } },
    patch: keys.map((key) => ({ op: 'remove', path: pointerTo('/metadata/annotations', key) })),
    faults: keys.map((key) => key.slice(faultPrefix.length)),
  };
}
