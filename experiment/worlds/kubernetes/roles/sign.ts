/** By which labels and annotations one recognises who runs a pod. */
import type { RolePod } from './role-pod.js';

export interface Sign {
  readonly label?: string;
  readonly annotation?: string;
  /** Without it any value will do. */
  readonly value?: RegExp;
}

export const hasSign = (
  { labels, annotations }: RolePod,
  { label, annotation, value = /^/ }: Sign,
): boolean =>
  (label !== undefined && value.test(labels[label] ?? '') && label in labels) ||
  (annotation !== undefined && value.test(annotations[annotation] ?? '') && annotation in annotations);

export const hasOneOf = (pod: RolePod, signs: readonly Sign[]): boolean =>
  signs.some((sign) => hasSign(pod, sign));
