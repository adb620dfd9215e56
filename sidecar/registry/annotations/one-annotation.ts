/** One annotation of a pod, from the downward API's file of them all. */
import { unquoteGo } from './annotations.js';

/** `torn`: the file was caught in the middle of an edit, and says nothing of it. */
export type AnnotationReading =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'torn' };

export function oneAnnotation(text: string, key: string): AnnotationReading {
  const line = text.split('\n').findLast((one) => one.startsWith(`${key}=`));
  if (line === undefined) return { kind: 'absent' };
  const value = unquoteGo(line.slice(key.length + 1));
  return value === null ? { kind: 'torn' } : { kind: 'value', value };
}
