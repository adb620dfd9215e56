/**
 * A directory served on a node as a sidecar serves a volume, but by nobody that the kubelet knows of: it is alive whatever
 * becomes of the pod, and what is deleted in it is deleted on the disk.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ClusterNode } from '../../../dev/cluster/node.js';
import { shipped } from '../../shipped.js';

export interface LiveMountOptions {
  readonly node: ClusterNode;
  readonly backing: string;
  /** As the node names it; made, where it is not there. */
  readonly mountpoint: string;
}

const havock8s = shipped('cli/main');
/** For as long as its input is open. */
const stay = ['sh', '-c', 'echo ready; cat'];

export class LiveMount {
  readonly #child: ChildProcess;
  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves once it is served. */
  static async forge({ node, backing, mountpoint }: LiveMountOptions): Promise<LiveMount> {
    const { enclosure } = node.machine;
    enclosure.succeed('mkdir', '-p', mountpoint);
    const serve = [process.execPath, havock8s, 'local', '--disk', `${backing}=${mountpoint}`, '--', ...stay];
    const [program = '', ...args] = enclosure.entering(serve);
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`nobody serves ${mountpoint}`);
    });
    ended.catch(() => {});
    await Promise.race([once(child.stdout, 'data'), ended]);
    return new LiveMount(child);
  }

  /** Resolves once it is unmounted. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await gone;
  }
}
