/**
 * How much memory this process may use, as its cgroup says; null where nothing bounds it (cgroups(7)).
 *
 *     version 2   the least memory.max from the own cgroup up to the root
 *     version 1   hierarchical_memory_limit in memory.stat, which counts the cgroups above in
 *
 * A container may see the hierarchy from its own cgroup on, while /proc/self/cgroup names it from the machine's root on.
 * So where the named folder is not there, the folder at the top is ours.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readIfThere } from './read-if-there.js';

const hierarchies = '/sys/fs/cgroup';
/** What version 1 shows for "no limit" is near 2^63, a multiple of the page size. */
const noLimit = 2 ** 60;

/** In bytes. */
export function memoryLimit(root = hierarchies, ownCgroups = '/proc/self/cgroup'): number | null {
  const lines = (readIfThere(ownCgroups) ?? '').split('\n').map((line) => line.split(':'));
  const first = lines.find(([, controllers = '']) => controllers.split(',').includes('memory'));
  if (first) return firstVersion(join(root, 'memory'), first.slice(2).join(':'));
  const second = lines.find(([number, controllers]) => number === '0' && controllers === '');
  return second ? secondVersion(root, second.slice(2).join(':')) : null;
}

function firstVersion(root: string, path: string): number | null {
  const stat = readIfThere(join(ownFolder(root, path), 'memory.stat')) ?? '';
  return bounded(/^hierarchical_memory_limit (\d+)$/m.exec(stat)?.[1]);
}

function secondVersion(root: string, path: string): number | null {
  let least: number | null = null;
  for (let folder = ownFolder(root, path); folder.startsWith(root); folder = dirname(folder)) {
    const limit = bounded(readIfThere(join(folder, 'memory.max'))?.trim());
    if (limit !== null) least = Math.min(limit, least ?? limit);
    if (folder === root) break;
  }
  return least;
}

function ownFolder(root: string, path: string): string {
  const named = join(root, path);
  return path !== '/' && existsSync(named) ? named : root;
}

/** `max` is not a number, and no limit. */
function bounded(text: string | undefined): number | null {
  const bytes = Number(text ?? 'max');
  return Number.isFinite(bytes) && bytes < noLimit ? bytes : null;
}
