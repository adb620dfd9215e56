/** Cables and routes of a cluster; the drawing stands in cluster-plan.ts. All of it goes with the enclosures. */
import { spawnSync } from 'node:child_process';
import { outputOf, runCommand } from '../../test/run-command.js';
import { type ClusterPlan, controlAddress, hereAddress, type NodePlan } from './cluster-plan.js';
import type { Enclosure } from './enclosure.js';

const runMs = 60_000;

const bridge = 'nodes';

/** Lets this machine reach the API server. */
export function plugControlPlane(plan: ClusterPlan, control: Enclosure): void {
  const here = cableOf(control);
  run('ip', 'link', 'add', here, 'type', 'veth', 'peer', 'name', 'here', 'netns', String(control.pid));
  run('ip', 'addr', 'add', `${hereAddress(plan)}/24`, 'dev', here);
  run('ip', 'link', 'set', here, 'up');
  control.succeed('ip', 'link', 'add', bridge, 'type', 'bridge');
  control.succeed('ip', 'link', 'set', 'here', 'master', bridge, 'up');
  control.succeed('ip', 'link', 'set', bridge, 'up');
  control.succeed('ip', 'addr', 'add', `${controlAddress(plan)}/24`, 'dev', bridge);
  forward(control);
}

/** Pods of one node reach those of the others, and the control plane all of them. */
export function plugNode(plan: ClusterPlan, control: Enclosure, node: NodePlan, enclosure: Enclosure): void {
  run('ip', 'link', 'add', `c${enclosure.pid}`, 'type', 'veth', 'peer', 'name', `e${enclosure.pid}`);
  run('ip', 'link', 'set', `c${enclosure.pid}`, 'name', node.name, 'netns', String(control.pid));
  run('ip', 'link', 'set', `e${enclosure.pid}`, 'name', 'eth0', 'netns', String(enclosure.pid));
  control.succeed('ip', 'link', 'set', node.name, 'master', bridge, 'up');
  enclosure.succeed('ip', 'addr', 'add', `${node.address}/24`, 'dev', 'eth0');
  enclosure.succeed('ip', 'link', 'set', 'eth0', 'up');
  enclosure.succeed('ip', 'route', 'add', 'default', 'via', controlAddress(plan));
  control.succeed('ip', 'route', 'add', node.podRange, 'via', node.address);
  for (const other of plan.nodes.filter(({ name }) => name !== node.name))
    enclosure.succeed('ip', 'route', 'add', other.podRange, 'via', other.address);
  forward(enclosure);
}

/** At once: a network that is ended goes when its last connection does, and until then its addresses would be taken. */
export function unplugControlPlane(control: Enclosure): void {
  spawnSync('ip', ['link', 'delete', cableOf(control)]);
}

const cableOf = ({ pid }: Enclosure): string => `hvc${pid}`;

function forward(enclosure: Enclosure): void {
  enclosure.succeed('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
}

const run = (...command: readonly string[]): string => outputOf(runCommand(command, runMs), command);
