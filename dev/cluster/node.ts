/** A node: a machine on the control plane's bridge, with kubelet and kube-proxy. */
import { makeCgroup, nodeCgroup } from './cgroups.js';
import { type ClusterPlan, controlAddress, controlFolder, type NodePlan, nodeUser } from './cluster-plan.js';
import { clientAuthorityFile, users } from './control-plane.js';
import { kubeconfigFile } from './credentials.js';
import type { Enclosure } from './enclosure.js';
import { copyImages } from './image-store.js';
import { plugNode } from './network.js';
import { NodeMachine } from './node-machine.js';
import { kubeProxyCommand } from './programs/kube-proxy.js';
import { kubeletCommand } from './programs/kubelet.js';

export interface NodeStart {
  readonly cluster: ClusterPlan;
  readonly plan: NodePlan;
  readonly control: Enclosure;
  /** Of images that it has from the start. */
  readonly imageStore: string;
}

export class ClusterNode {
  readonly #cluster: ClusterPlan;
  constructor(
    cluster: ClusterPlan,
    readonly plan: NodePlan,
    readonly machine: NodeMachine,
  ) {
    this.#cluster = cluster;
  }

  /** Resolves once containerd answers. */
  static async start({ cluster, plan, control, imageStore }: NodeStart): Promise<ClusterNode> {
    copyImages(imageStore, plan.folder);
    const { folder, podRange } = plan;
    const machine = await NodeMachine.start({ folder, inside: control, mortal: cluster.mortal });
    plugNode(cluster, control, plan, machine.enclosure);
    makeCgroup(nodeCgroup(cluster.name, plan.name));
    await machine.beginContainerd({ podRange });
    return new ClusterNode(cluster, plan, machine);
  }

  /** It gets Ready by itself. */
  beginKubelet(): void {
    const folder = controlFolder(this.#cluster);
    const command = kubeletCommand({
      node: this.plan,
      kubeconfig: kubeconfigFile(folder, nodeUser(this.plan)),
      clientAuthority: clientAuthorityFile(folder),
      dnsAddress: controlAddress(this.#cluster),
      cgroup: nodeCgroup(this.#cluster.name, this.plan.name),
    });
    this.machine.begin({ name: 'kubelet', command });
  }

  beginKubeProxy(): void {
    const kubeconfig = kubeconfigFile(controlFolder(this.#cluster), users.proxy);
    this.machine.begin({ name: 'kube-proxy', command: kubeProxyCommand(this.plan, kubeconfig) });
  }
}
