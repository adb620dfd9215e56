/** A FUSE file system of somebody else beneath ours: bindfs, which shows a directory at another place until it dies. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mountEntries } from '../../../sidecar/linux/mountinfo.js';
import { until } from './until.js';

export class BindFileSystem {
  readonly #child: ChildProcess;
  private constructor(
    child: ChildProcess,
    readonly mountpoint: string,
  ) {
    this.#child = child;
  }

  /** Resolves when it is mounted. */
  static async mount(
    source: string,
    mountpoint: string,
    options: readonly string[] = [],
  ): Promise<BindFileSystem> {
    const before = layers(mountpoint);
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'bindfs', '-f', ...options, source, mountpoint], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await until(() => child.exitCode !== null || layers(mountpoint) > before);
    if (child.exitCode !== null) throw new Error(`bindfs ended with ${child.exitCode}`);
    return new BindFileSystem(child, mountpoint);
  }

  /** It dies; its mount stays, and every use of it fails. */
  async die(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** Dead or alive. What is beneath its mount point is there again. */
  async close(): Promise<void> {
    await this.die();
    if (layers(this.mountpoint) > 0) unmount(this.mountpoint);
  }
}

export function unmount(mountpoint: string): void {
  spawnSync('umount', ['--lazy', mountpoint], { stdio: 'inherit' });
}

const layers = (path: string): number =>
  mountEntries().filter(({ mountpoint }) => mountpoint === path).length;
