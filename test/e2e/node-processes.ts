/**
 * Processes of a pod, seen from the node that it runs on: found by the cgroup, which has the pod's uid in its name.
 * Needs nodes that can be entered.
 */
import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../../dev/cluster/cluster.js';

export interface Whereabouts {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
}

export interface NodeProcess {
  /** As the node numbers it. */
  readonly pid: string;
  readonly comm: string;
}

export function whereaboutsOf({ metadata, spec }: V1Pod): Whereabouts {
  return { name: metadata?.name ?? '', uid: metadata?.uid ?? '', node: spec?.nodeName ?? '' };
}

/** Those of its sandbox included. */
export function processesOf(
  cluster: Cluster,
  { node, uid }: Pick<Whereabouts, 'node' | 'uid'>,
): readonly NodeProcess[] {
  // A process may end while it is looked at.
  const script = `for file in $(grep -l "$1" /proc/[0-9]*/cgroup 2>/dev/null); do
    pid=$(basename "$(dirname "$file")"); echo "$pid $(cat "/proc/$pid/comm" 2>/dev/null)"; done`;
  const { stdout } = cluster.node(node).machine.enclosure.run('sh', '-c', script, 'sh', uid);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, comm] = /^(\d+) (.+)$/.exec(line) ?? [];
    return pid === undefined || comm === undefined ? [] : [{ pid, comm }];
  });
}

/** Of its containers; the sandbox, which keeps the pod's network, is left alone. */
export function signalPod(cluster: Cluster, pod: Whereabouts, signal: 'STOP' | 'CONT' | 'KILL'): void {
  const pids = processesOf(cluster, pod).flatMap(({ pid, comm }) => (comm === 'pause' ? [] : [pid]));
  if (pids.length === 0) throw new Error(`no process of ${pod.name} on ${pod.node}`);
  cluster.node(pod.node).machine.enclosure.run('kill', `-${signal}`, ...pids);
}

/** In the pod's network; what it wrote. */
export function inNetworkOf(cluster: Cluster, pod: Whereabouts, ...command: readonly string[]): string {
  const [first] = processesOf(cluster, pod);
  if (first === undefined) throw new Error(`no process of ${pod.name} on ${pod.node}`);
  const { enclosure } = cluster.node(pod.node).machine;
  return enclosure.succeed('nsenter', '--target', first.pid, '--net', '--', ...command);
}
