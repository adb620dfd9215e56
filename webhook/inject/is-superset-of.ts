/**
 * Is what is there what is wanted, as the API server spells it? It fills in defaults, and writes quantities in its own
 * way: 0.5 as 500m, 1024Mi as 1Gi. Anything else that is more than what is wanted was written by somebody: a command, an
 * environment or a probe in a container that is named as ours is not ours.
 */
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../core/json.js';
import { readQuantity } from './quantity.js';

/** `within` are the names of the fields around it, of lists those of the list. */
export function isSupersetOf(present: unknown, wanted: unknown, within: readonly string[] = []): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(present) &&
      present.length === wanted.length &&
      wanted.every((item, index) => isSupersetOf(present[index], item, within))
    );
  if (!isObject(wanted)) return present === wanted || isSameQuantity(present, wanted);
  if (!isObject(present)) return false;
  const said = Object.keys(wanted).every(
    (key) => Object.hasOwn(present, key) && isSupersetOf(present[key], wanted[key], [...within, key]),
  );
  return (
    said &&
    Object.entries(present).every(
      ([key, value]) => Object.hasOwn(wanted, key) || isDefault([...within, key].join('.'), value),
    )
  );
}

/** What the API server writes where nobody wrote anything (`SetDefaults_*` of core/v1), by the path of the field. */
const defaults: Readonly<Record<string, readonly unknown[]>> = {
  terminationMessagePath: ['/dev/termination-log'],
  terminationMessagePolicy: ['File'],
  'startupProbe.successThreshold': [1],
  'env.valueFrom.fieldRef.apiVersion': ['v1'],
  'downwardAPI.defaultMode': [0o644],
  'downwardAPI.items.fieldRef.apiVersion': ['v1'],
  'volumeMounts.readOnly': [false],
};

/** A limit of the namespace (LimitRange) adds its amounts to every container, and a tool may write what is empty. */
function isDefault(path: string, value: unknown): boolean {
  if (/^resources\.(?:requests|limits)(?:\.(?:cpu|memory|ephemeral-storage))?$/.test(path)) return true;
  if (defaults[path]?.some((one) => isDeepStrictEqual(one, value))) return true;
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isSameQuantity(present: unknown, wanted: unknown): boolean {
  if (typeof present !== 'string' || typeof wanted !== 'string') return false;
  const quantity = readQuantity(wanted);
  return quantity !== null && readQuantity(present) === quantity;
}
