/**
 * What a node is before Kubernetes comes: an enclosure with folders of its own where containerd and a kubelet always have
 * theirs, and containerd. The machine's kernel settings cannot be changed from it, its network's can.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../test/sidecar/mounted/until.js';
import { type Daemon, endDaemon, isRunning, startDaemon, tailOfLog } from './daemon.js';
import { Enclosure } from './enclosure.js';
import { containerdCommand, containerdSocket } from './programs/containerd.js';

export interface NodeMachineOptions {
  /** Of all that is its own: /var/lib and /var/log as it sees them are in it. */
  readonly folder: string;
  readonly inside?: Enclosure;
  /** Ends with this process, however that ends. */
  readonly mortal: boolean;
}

export interface ContainerdOptions {
  /** Of its pods; without one it only keeps images. */
  readonly podRange?: string;
}

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

/** What a node keeps, seen from this machine. */
export const libraryOf = (folder: string): string => join(folder, 'lib');

export class NodeMachine {
  private constructor(
    readonly folder: string,
    readonly enclosure: Enclosure,
  ) {}

  static async start({ folder, ...options }: NodeMachineOptions): Promise<NodeMachine> {
    for (const own of [libraryOf(folder), join(folder, 'log')]) mkdirSync(own, { recursive: true });
    const enclosure = await Enclosure.start({ pidFile: pidFile(folder), ...options });
    enclosure.succeed('sh', '-euc', ownFolders, 'sh', folder);
    return new NodeMachine(folder, enclosure);
  }

  /** The one that was started with this folder, while it lives. */
  static find(folder: string): NodeMachine | null {
    const enclosure = Enclosure.find(pidFile(folder));
    return enclosure === null ? null : new NodeMachine(folder, enclosure);
  }

  begin(daemon: Daemon): void {
    startDaemon(this.enclosure, this.folder, daemon);
  }

  /** Resolves once it is gone. */
  async end(name: string, signal?: 'TERM' | 'KILL'): Promise<void> {
    await endDaemon(this.enclosure, this.folder, name, signal);
  }

  isRunning(name: string): boolean {
    return isRunning(this.enclosure, this.folder, name);
  }

  /** Resolves once it answers. */
  async beginContainerd(options: ContainerdOptions = {}): Promise<void> {
    this.begin({ name: 'containerd', command: containerdCommand(this.folder, options) });
    const asks = (): boolean =>
      this.enclosure.run('ctr', `--address=${containerdSocket}`, 'version').code === 0;
    await until(asks, startMs).catch((cause: unknown) => {
      throw new Error(`containerd does not answer:\n${tailOfLog(this.folder, 'containerd')}`, { cause });
    });
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

  async kill(): Promise<void> {
    await this.enclosure.kill();
  }
}

const pidFile = (folder: string): string => join(folder, 'pid');
