/** What of a pod is still on its node: mounts, processes, networks. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterNode } from '../../../dev/cluster/node.js';
import { libraryOf } from '../../../dev/cluster/node-machine.js';
import { PodProcesses } from './pod-processes.js';

export interface Left {
  readonly mounts: readonly string[];
  readonly processes: string;
  /** Its folder, with what the kubelet kept in it. */
  readonly folder: readonly string[];
}

export const nothing: Left = { mounts: [], processes: '', folder: [] };

export function leftOf(node: ClusterNode, uid: string): Left {
  return {
    mounts: mountsOf(node, uid),
    processes: new PodProcesses(uid).tell(),
    folder: namesIn(podFolder(node, uid)),
  };
}

/** Mountpoints that the node sees, as it names them. */
export const mountsOf = (node: ClusterNode, uid: string): readonly string[] =>
  readFileSync(`/proc/${node.machine.enclosure.pid}/mountinfo`, 'utf8')
    .split('\n')
    .filter((line) => line.includes(uid))
    .map((line) => `${line.split(' ')[4]} ${line.split(' - ')[1]?.split(' ')[0]}`);

/** On this machine; as the node names it: /var/lib/kubelet/pods/UID. */
export const podFolder = (node: ClusterNode, uid: string): string =>
  join(libraryOf(node.plan.folder), 'kubelet/pods', uid);

/** Networks of pods, by the names that the runtime gives them: each has its own rules, which go with it. */
export const networksOf = (node: ClusterNode): readonly string[] =>
  [...inodesOfNetworks(node)].map(([name]) => name);

/** The name of the network that the pod is in. */
export function networkOf(node: ClusterNode, uid: string): string {
  const [first] = new PodProcesses(uid).all();
  const inode = first === undefined ? null : statSync(`/proc/${first.pid}/ns/net`).ino;
  const [name] = [...inodesOfNetworks(node)].find(([, one]) => one === inode) ?? [];
  if (name === undefined) throw new Error(`no network on ${node.plan.name} is that of the pod ${uid}`);
  return name;
}

/** The kernel gives a number to another network once its own is gone, and a name is never given again. */
function inodesOfNetworks(node: ClusterNode): ReadonlyMap<string, number> {
  const list = 'cd /run/netns && stat --format="%n %i" -- * 2>/dev/null || true';
  const lines = node.machine.enclosure.succeed('sh', '-c', list).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, name, inode] = /^(\S+) (\d+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, Number(inode)]];
    }),
  );
}

/** Tables of ours in the node's own network, where none belongs. */
export const strayTables = (node: ClusterNode): readonly string[] =>
  node.machine.enclosure
    .succeed('nft', 'list', 'tables')
    .split('\n')
    .filter((line) => line.includes('havock8s'));

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
