/**
 * A node: an enclosure in the control plane's, with containerd, kubelet and kube-proxy, which find their usual folders
 * there. The machine's kernel settings cannot be changed from it, its network's can.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../disk/until.js';
import { makeCgroup, nodeCgroup } from './cgroups.js';
import { type ClusterPlan, controlAddress, controlFolder, type NodePlan, nodeUser } from './cluster-plan.js';
import { clientAuthorityFile, users } from './control-plane.js';
import { kubeconfigFile } from './credentials.js';
import { endDaemon, startDaemon, tailOfLog } from './daemon.js';
import { Enclosure } from './enclosure.js';
import { plugNode } from './network.js';
import { containerdCommand, containerdSocket } from './programs/containerd.js';
import { kubeProxyCommand } from './programs/kube-proxy.js';
import { kubeletCommand } from './programs/kubelet.js';

export type NodeProgram = 'containerd' | 'kubelet' | 'kube-proxy';

const startMs = 30_000;

/**
 * What is the node's own: sockets and PIDs, what it keeps, what it logs. A kubelet wants some kernel settings as it likes
 * them, and does not start without: it gets files in their place, and the machine keeps its own.
 */
const ownFolders = `
mount -t tmpfs run /run
mount --bind "$1/lib" /var/lib
mount --bind "$1/log" /var/log
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,bind,rw /proc/sys/net
mkdir -p /run/sysctl
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  own=/run/sysctl/$(basename "$setting")
  cat "/proc/sys/$setting" >"$own"
  mount --bind "$own" "/proc/sys/$setting"
done
`;

export class ClusterNode {
  constructor(
    private readonly cluster: ClusterPlan,
    readonly plan: NodePlan,
    readonly enclosure: Enclosure,
  ) {}

  /** Resolves once containerd answers; the node gets Ready by itself. */
  static async start(cluster: ClusterPlan, plan: NodePlan, control: Enclosure): Promise<ClusterNode> {
    for (const own of ['lib', 'log']) mkdirSync(join(plan.folder, own), { recursive: true });
    const pidFile = join(plan.folder, 'pid');
    const enclosure = await Enclosure.start({ pidFile, inside: control, mortal: cluster.mortal });
    enclosure.succeed('sh', '-euc', ownFolders, 'sh', plan.folder);
    plugNode(cluster, control, plan, enclosure);
    makeCgroup(nodeCgroup(cluster.name, plan.name));
    const node = new ClusterNode(cluster, plan, enclosure);
    node.begin('containerd');
    await node.untilContainerdAnswers();
    return node;
  }

  begin(program: NodeProgram): void {
    startDaemon(this.enclosure, this.plan.folder, { name: program, command: this.command(program) });
  }

  /** Resolves once it is gone. */
  async end(program: NodeProgram, signal?: 'TERM' | 'KILL'): Promise<void> {
    await endDaemon(this.enclosure, this.plan.folder, program, signal);
  }

  /** `archive` as docker or OCI writes it. */
  load(archive: string): void {
    this.enclosure.succeed(
      'ctr',
      '--namespace=k8s.io',
      'images',
      'import',
      '--snapshotter=overlayfs',
      archive,
    );
  }

  async untilContainerdAnswers(): Promise<void> {
    const asks = (): boolean =>
      this.enclosure.run('ctr', `--address=${containerdSocket}`, 'version').code === 0;
    await until(asks, startMs).catch((cause: unknown) => {
      throw new Error(`containerd does not answer:\n${tailOfLog(this.plan.folder, 'containerd')}`, { cause });
    });
  }

  private command(program: NodeProgram): readonly string[] {
    const folder = controlFolder(this.cluster);
    switch (program) {
      case 'containerd':
        return containerdCommand(this.plan);
      case 'kubelet':
        return kubeletCommand({
          node: this.plan,
          kubeconfig: kubeconfigFile(folder, nodeUser(this.plan)),
          clientAuthority: clientAuthorityFile(folder),
          dnsAddress: controlAddress(this.cluster),
          cgroup: nodeCgroup(this.cluster.name, this.plan.name),
        });
      case 'kube-proxy':
        return kubeProxyCommand(this.plan, kubeconfigFile(folder, users.proxy));
    }
  }
}
