/** Where the two containers find things; below another root, so that both can be run outside a pod. */
import { dirname, join, relative } from 'node:path';
import { path } from '../../../core/pod-layout.js';

export type PodPaths = { readonly [name in keyof typeof path]: string };

export const podRoot = dirname(path.run);

export function podPaths(root: string): PodPaths {
  const moved = Object.entries(path).map(([name, at]) => [name, join(root, relative(podRoot, at))]);
  return Object.fromEntries(moved) as PodPaths;
}
