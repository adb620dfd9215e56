/** Under which key a pair of the tree is found in the plain value. */
import { isScalar, type Pair } from 'yaml';

/** Null where there is no such key: a merge key, a key that is a list or a map. */
export function keyOf({ key }: Pair): string | null {
  if (!isScalar(key) || typeof key.value === 'symbol') return null;
  return key.value === null ? '' : String(key.value);
}
