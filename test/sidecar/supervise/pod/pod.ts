/**
 * An injected pod without a kubelet: its two sidecars as the real commands, in containers with the propagation and the
 * capabilities that the webhook asks for, and an app that mounts what they serve by a subPath.
 *
 *     ROOT/disk/data ─ bind ─► ROOT/havock8s/backing/data    seen by `faults`
 *                              ROOT/havock8s/served          a tmpfs, shared; seen by `mount`
 *     ROOT/subpaths/data ◄─ bind, once it is served ─ .../served/data
 *     ROOT/app/data      ◄─ bind, slave; seen by the app
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { lastFirst } from '../../../cli/last-first.js';
import { shipped } from '../../../shipped.js';
import { until } from '../../mounted/until.js';
import type { Host } from '../../network/host.js';
import { App } from './app.js';
import { Container } from './container.js';
import { Node } from './node.js';

const program = shipped('cli/main');
const diskCapabilities = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'mknod',
  'setfcap',
  'setgid',
  'setuid',
];

export interface PodVolumeOptions {
  readonly name: string;
  readonly readOnly?: boolean;
  /** Of the disk beneath, as `noexec,nosuid`. */
  readonly mountOptions?: string;
  /** The disk beneath is a tmpfs of its own. */
  readonly isInMemory?: boolean;
  /** The claim is mounted HostToContainer: what the node mounts within it later is seen by `faults`. */
  readonly followsNode?: boolean;
}

export interface PodOptions {
  readonly volumes: readonly PodVolumeOptions[];
  readonly network?: Host;
  /** More arguments of `havock8s faults`. */
  readonly faultsArgs?: readonly string[];
  /** Shell commands at the start of havock8s-faults. */
  readonly faultsSetup?: string;
}

export class Pod {
  readonly root = mkdtempSync(join(tmpdir(), 'havock8s-pod-'));
  readonly havock8s = join(this.root, 'havock8s');
  readonly #containers: Container[] = [];
  readonly #apps: App[] = [];
  #versions = 0;
  readonly #options: PodOptions;

  private constructor(
    readonly node: Node,
    options: PodOptions,
  ) {
    this.#options = options;
  }

  static async start(t: TestContext, options: PodOptions): Promise<Pod> {
    const pod = new Pod(await Node.start(options.network ?? null), options);
    lastFirst(t, () => pod.close());
    const { root, havock8s, node } = pod;
    for (const name of ['served', 'run', 'backing', 'pod'])
      mkdirSync(join(havock8s, name), { recursive: true });
    node.succeed(`
      mount -t tmpfs -o size=1m none ${havock8s}/served
      mount --make-shared ${havock8s}/served
      mount -t tmpfs -o size=16m none ${havock8s}/run
    `);
    for (const { name, mountOptions = 'rw', isInMemory = false, followsNode = false } of options.volumes) {
      for (const place of ['disk', 'havock8s/backing', 'subpaths', 'app']) {
        mkdirSync(join(root, place, name), { recursive: true });
      }
      if (isInMemory) node.succeed(`mount -t tmpfs -o nr_inodes=0 none ${root}/disk/${name}`);
      node.succeed(`
        mount --bind ${root}/disk/${name} ${havock8s}/backing/${name}
        mount -o remount,bind,${mountOptions} ${havock8s}/backing/${name}
        mount --make-${followsNode ? 'shared' : 'private'} ${havock8s}/backing/${name}
      `);
    }
    return pod;
  }

  /** The container havock8s-mount; resolves when its startup probe succeeds. */
  async startMount(): Promise<Container> {
    const container = await this.#beginMount();
    await this.#until(container, () => this.holderListens);
    return container;
  }

  /** Beside one that runs; rejects with what it said when it has ended. */
  async startAnotherMount(): Promise<never> {
    return this.#until(await this.#beginMount(), () => false) as Promise<never>;
  }

  async #beginMount(): Promise<Container> {
    const command = [process.execPath, program, 'mount', ...this.#volumeArgs, '--root', this.havock8s];
    const container = await Container.start(this.node, {
      propagation: 'unchanged',
      setup: `mount -t tmpfs none ${this.havock8s}/backing`,
      command,
    });
    this.#containers.push(container);
    return container;
  }

  /** The container havock8s-faults, as it is started; see `startFaults`. */
  async beginFaults(): Promise<Container> {
    const { faultsArgs = [], faultsSetup = 'true', volumes } = this.#options;
    const isIntercepting = faultsArgs.some((word) => /^--(in|out)bound/.test(word));
    const capabilities = [
      ...(volumes.length > 0 ? diskCapabilities : []),
      ...(isIntercepting ? ['net_admin'] : []),
    ];
    const set = ['-all', ...capabilities.map((name) => `+${name}`)].join(',');
    const container = await Container.start(this.node, {
      // Of the node's mounts only those of such volumes, and `served`, are shared: no other follows them.
      propagation: volumes.some(({ followsNode }) => followsNode) ? 'slave' : 'private',
      setup: `${faultsSetup}\numount --lazy ${this.havock8s}/served\nmount -o remount,bind,ro /`,
      command: [
        ...['setpriv', '--no-new-privs', `--bounding-set=${set}`, `--inh-caps=${set}`],
        ...[process.execPath, program, 'faults', ...this.#volumeArgs, '--root', this.havock8s],
        ...['--log-level', 'debug', ...faultsArgs],
      ],
    });
    this.#containers.push(container);
    return container;
  }

  /** Resolves when the startup probe of havock8s-faults succeeds, and not because of a file that one before left. */
  async startFaults(): Promise<Container> {
    const container = await this.beginFaults();
    await this.#until(container, () => this.isServing && container.says('"fault-proxy.serving"'));
    return container;
  }

  /** The kubelet's part, once, and the app's: subPath mounts of what is served now. */
  async startApp(): Promise<App> {
    const mounts = this.#options.volumes.map(({ name }) => {
      const [from, to] = [join(this.root, 'subpaths', name), join(this.root, 'app', name)];
      if (this.#apps.length === 0) this.node.succeed(`mount --bind ${this.havock8s}/served/${name} ${from}`);
      return { from, to };
    });
    const app = await App.start(this.node, mounts);
    this.#apps.push(app);
    return app;
  }

  /** Annotates the pod: the file is replaced as the kubelet does, by a symlink to another directory. */
  annotate(annotations: Readonly<Record<string, string>>): void {
    const directory = join(this.havock8s, 'pod');
    const version = `..version_${++this.#versions}`;
    const lines = Object.entries(annotations).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    this.node.succeed(`
      cd ${directory}
      mkdir ${version}
      printf '%s\\n' '${lines.join("' '")}' > ${version}/annotations
      ln -s ${version} ..data_tmp
      mv -T ..data_tmp ..data
      ln -sf ..data/annotations annotations
    `);
  }

  /** As `test -S` in the container's probe says. */
  get holderListens(): boolean {
    return this.node.stat(`${this.havock8s}/run/holder.sock`)?.isSocket() === true;
  }

  get isServing(): boolean {
    return this.node.stat(`${this.havock8s}/run/serving`) !== undefined;
  }

  /** Where the node mounts the claim for `faults`. */
  backing(volume: string): string {
    return join(this.havock8s, 'backing', volume);
  }

  app(volume: string): string {
    return join(this.root, 'app', volume);
  }

  disk(volume: string): string {
    return join(this.root, 'disk', volume);
  }

  /** Every mount of ours that the node sees, served ones first. */
  get mounts(): readonly string[] {
    return this.node.mounts
      .split('\n')
      .filter((line) => line.includes(' fuse.havock8s ') && line.includes(`${this.havock8s}/served/`));
  }

  async close(): Promise<void> {
    for (const app of this.#apps) await app.close();
    for (const container of this.#containers) await container.kill();
    const left = this.mounts;
    for (const _ of left) this.node.run(`umount --lazy ${this.havock8s}/served/*`);
    await this.node.close();
    rmSync(this.root, { recursive: true });
  }

  get #volumeArgs(): readonly string[] {
    return this.#options.volumes.map(
      ({ name, readOnly = false }) => `--volume=${name}${readOnly ? ':ro' : ''}`,
    );
  }

  async #until(container: Container, holds: () => boolean): Promise<void> {
    await until(() => container.hasEnded || holds()).catch((cause: unknown) => {
      throw new Error(container.log.join('\n'), { cause });
    });
    if (container.hasEnded) throw new Error(`it ended: ${container.log.join('\n')}`);
  }
}
