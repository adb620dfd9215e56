/** Does what is there say all that is wanted? Fields beyond it are the defaults that the API server filled in. */
import { isObject } from '../pod.js';

export function covers(present: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(present) &&
      present.length === wanted.length &&
      wanted.every((item, index) => covers(present[index], item))
    );
  if (!isObject(wanted)) return present === wanted;
  return isObject(present) && Object.entries(wanted).every(([key, value]) => covers(present[key], value));
}
