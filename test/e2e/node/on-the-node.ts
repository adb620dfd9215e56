/** A pod as its node sees it, for when nobody in the cluster can ask. */
import type { Cluster } from '../../../dev/cluster/cluster.js';
import { processesOf, type Whereabouts } from '../node-processes.js';

export interface ListedFault {
  readonly name: string;
  readonly state: string;
  readonly startedAt: string;
  readonly endsAt: string;
}

/** As `havock8s ls` in its container has them. */
export function listedFrom(cluster: Cluster, pod: Whereabouts): readonly ListedFault[] {
  const supervisor = processesOf(cluster, pod).find(({ comm }) => comm.startsWith('havock8s-superv'));
  if (supervisor === undefined)
    throw new Error(`nobody supervises the fault proxies of ${pod.name} on ${pod.node}`);
  const inContainer = ['nsenter', '--target', supervisor.pid, '--all', '--'];
  const { enclosure } = cluster.node(pod.node).machine;
  const listed = enclosure.succeed(...inContainer, 'havock8s', 'ls', '--output=json');
  return (JSON.parse(listed) as { readonly faults: readonly ListedFault[] }).faults;
}

/** Processes, mounts, containers and directories, each named. */
export function whatIsLeftOf(cluster: Cluster, pod: Whereabouts): readonly string[] {
  const { enclosure } = cluster.node(pod.node).machine;
  const processes = processesOf(cluster, pod).map(({ pid, comm }) => `process ${pid} ${comm}`);
  const mounts = enclosure
    .succeed('cat', '/proc/mounts')
    .split('\n')
    .filter((line) => line.includes(pod.uid))
    .map((line) => `mount ${line}`);
  const folder = `/var/lib/kubelet/pods/${pod.uid}`;
  const folders = enclosure.run('test', '-e', folder).code === 0 ? [`directory ${folder}`] : [];
  return [...processes, ...mounts, ...folders];
}
