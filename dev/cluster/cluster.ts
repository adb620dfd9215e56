/** A Kubernetes cluster on this machine: brought up, found again, taken down. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../test/sidecar/mounted/until.js';
import { clusterCgroup, removeCgroup } from './cgroups.js';
import { type ClusterPlan, clusterFolder, controlFolder } from './cluster-plan.js';
import { startControlPlane } from './control-plane.js';
import { administrator, kubeconfigFile } from './credentials.js';
import { tailOfLog } from './daemon.js';
import { Enclosure } from './enclosure.js';
import { Kubectl } from './kubectl.js';
import { unplugControlPlane } from './network.js';
import { ClusterNode } from './node.js';
import { NodeMachine } from './node-machine.js';
import { startOf } from './start-of.js';

export interface ClusterUp extends ClusterPlan {
  /** As `imageStore` makes it: that of pods without containers at least. */
  readonly imageStore: string;
  /** Archives of further images that every node gets. */
  readonly images: readonly string[];
  readonly say: (line: string) => void;
}

/** In the environment: the name of the cluster of ours that is at hand. */
export const clusterVariable = 'HAVOCK8S_CLUSTER';

const nodesReadyMs = 60_000;

export class Cluster {
  private constructor(
    readonly plan: ClusterPlan,
    readonly control: Enclosure,
    readonly nodes: readonly ClusterNode[],
  ) {}

  /** Resolves once every node is Ready. What an earlier one of this name left behind goes first. */
  static async up({ imageStore, images, say, ...plan }: ClusterUp): Promise<Cluster> {
    refuseIfMaking(plan.name);
    await Cluster.down(plan.name);
    mkdirSync(clusterFolder(plan.name), { recursive: true, mode: 0o700 });
    writeFileSync(planFile(plan.name), JSON.stringify(plan));
    writeFileSync(makerFile(plan.name), `${process.pid} ${startOf(process.pid)}`);
    try {
      const control = await startControlPlane(plan);
      say('the API server answers');
      const started = plan.nodes.map((node) =>
        ClusterNode.start({ cluster: plan, plan: node, control, imageStore }),
      );
      const cluster = new Cluster(plan, control, await Promise.all(started));
      for (const archive of images) cluster.load(archive);
      say('the nodes have their images');
      for (const node of cluster.nodes) {
        node.beginKubelet();
        node.beginKubeProxy();
      }
      await cluster.#untilNodesReady();
      // From now on who takes it down and brings it up again knows what he does.
      if (!plan.mortal) rmSync(makerFile(plan.name));
      return cluster;
    } catch (error) {
      await Cluster.down(plan.name);
      throw error;
    }
  }

  /** The one of this name that is up. */
  static find(name: string): Cluster | null {
    const plan = planOf(name);
    if (plan === null) return null;
    const control = Enclosure.find(join(controlFolder(plan), 'pid'));
    if (control === null) return null;
    const nodes = plan.nodes.flatMap((node) => {
      const machine = NodeMachine.find(node.folder);
      return machine === null ? [] : [new ClusterNode(plan, node, machine)];
    });
    return new Cluster(plan, control, nodes);
  }

  /** Leaves nothing, whatever state it is in. Whether there was anything. */
  static async down(name: string): Promise<boolean> {
    const plan = planOf(name);
    const control = plan === null ? null : Enclosure.find(join(controlFolder(plan), 'pid'));
    if (control !== null) {
      unplugControlPlane(control);
      // The nodes stand in it, and end with it.
      await control.kill();
    }
    await removeCgroup(clusterCgroup(name));
    const was = existsSync(clusterFolder(name));
    rmSync(clusterFolder(name), { recursive: true, force: true });
    return was;
  }

  /** Of the administrator. */
  get kubeconfig(): string {
    return kubeconfigFile(controlFolder(this.plan), administrator);
  }

  get kubectl(): Kubectl {
    return new Kubectl(this.kubeconfig);
  }

  node(name: string): ClusterNode {
    const node = this.nodes.find(({ plan }) => plan.name === name);
    if (node === undefined) throw new TypeError(`no node ${name}`);
    return node;
  }

  load(archive: string): void {
    for (const { machine } of this.nodes) machine.load(archive);
  }

  async #untilNodesReady(): Promise<void> {
    await until(async () => (await this.readyNodes()).length === this.nodes.length, nodesReadyMs).catch(
      async (cause: unknown) => {
        const ready = await this.readyNodes();
        const { plan } = this.nodes.find((node) => !ready.includes(node.plan.name)) ?? this.node('n1');
        throw new Error(`${plan.name} does not get Ready:\n${tailOfLog(plan.folder, 'kubelet')}`, { cause });
      },
    );
  }

  /** Names of those that are. */
  async readyNodes(): Promise<readonly string[]> {
    const ready = '{.status.conditions[?(@.type=="Ready")].status}';
    const path = `{range .items[*]}{.metadata.name} ${ready}{"\\n"}{end}`;
    const lines = await this.kubectl.succeed(['get', 'nodes', `--output=jsonpath=${path}`]);
    return lines.split('\n').flatMap((line) => (line.endsWith(' True') ? [line.split(' ')[0] ?? ''] : []));
  }
}

/** Two at once under one name would take each other's apart. */
function refuseIfMaking(name: string): void {
  const [pid = '', startedAt = ''] = existsSync(makerFile(name))
    ? readFileSync(makerFile(name), 'utf8').split(' ')
    : [];
  if (startedAt !== '' && startOf(Number(pid)) === startedAt)
    throw new Error(`the process ${pid} has a cluster ${name}: wait for it, or choose another name`);
}

const makerFile = (name: string): string => join(clusterFolder(name), 'maker');

const planFile = (name: string): string => join(clusterFolder(name), 'plan.json');

function planOf(name: string): ClusterPlan | null {
  try {
    return JSON.parse(readFileSync(planFile(name), 'utf8')) as ClusterPlan;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
