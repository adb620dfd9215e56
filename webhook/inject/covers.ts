/**
 * Does what is there say all that is wanted? Fields beyond it are the defaults that the API server filled in, which
 * also writes quantities in its own way: 0.5 as 500m, 1024Mi as 1Gi.
 */
import { isObject } from '../pod.js';
import { readQuantity } from './quantity.js';

export function covers(present: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(present) &&
      present.length === wanted.length &&
      wanted.every((item, index) => covers(present[index], item))
    );
  if (!isObject(wanted)) return present === wanted || isSameQuantity(present, wanted);
  return isObject(present) && Object.entries(wanted).every(([key, value]) => covers(present[key], value));
}

function isSameQuantity(present: unknown, wanted: unknown): boolean {
  if (typeof present !== 'string' || typeof wanted !== 'string') return false;
  const quantity = readQuantity(wanted);
  return quantity !== null && readQuantity(present) === quantity;
}
