/**
 * The cgroup that a node's pods are in, below one of the cluster. With version 1 there is one in each controller's
 * hierarchy, and a cpuset is empty until it is given processors; with version 2 a parent has to hand its controllers down.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from '../../test/sidecar/mounted/until.js';

const root = '/sys/fs/cgroup';
const controllers = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids', 'hugetlb'];
/** `unified` is that of version 2, without controllers, beside those of version 1: runc knows it. */
const otherHierarchies = ['systemd', 'unified'];
const goneMs = 10_000;
/** Of all pods together, in processes. */
const weight = 32;

export const clusterCgroup = (cluster: string): string => `/havock8s-cluster-${cluster}`;

export const nodeCgroup = (cluster: string, node: string): string => `${clusterCgroup(cluster)}/${node}`;

/** All that is above it too. */
export function makeCgroup(path: string): void {
  const parents = path.split('/').slice(1);
  for (const hierarchy of hierarchies())
    parents.reduce((above, name) => {
      const folder = join(above, name);
      mkdirSync(folder, { recursive: true });
      if (isUnified()) handDown(above);
      else copyCpuset(folder);
      if (above === hierarchy) weigh(folder);
      return folder;
    }, hierarchy);
}

/** With all below it. Processes that were killed a moment ago are waited for. */
export async function removeCgroup(path: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, path);
    await until(() => isGone(folder), goneMs);
  }
}

const isUnified = (): boolean => existsSync(join(root, 'cgroup.controllers'));

const hierarchies = (): readonly string[] =>
  isUnified()
    ? [root]
    : [...controllers, ...otherHierarchies]
        .map((name) => join(root, name))
        .filter((folder) => existsSync(join(folder, 'cgroup.procs')));

function handDown(folder: string): void {
  const offered = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ');
  for (const controller of offered) writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`);
}

/** Where the machine is busy, all pods of a cluster together would else get no more than any one process beside them. */
function weigh(folder: string): void {
  for (const [file, usual] of [
    ['cpu.shares', 1024],
    ['cpu.weight', 100],
  ] as const)
    if (existsSync(join(folder, file))) writeFileSync(join(folder, file), String(usual * weight));
}

function copyCpuset(folder: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const own = join(folder, file);
    if (existsSync(own) && readFileSync(own, 'utf8').trim() === '')
      writeFileSync(own, readFileSync(join(dirname(folder), file), 'utf8'));
  }
}

function isGone(folder: string): boolean {
  if (!existsSync(folder)) return true;
  try {
    for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    ))
      isGone(join(folder, name));
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EBUSY' || error.code === 'ENOENT'))
      return false;
    throw error;
  }
}
