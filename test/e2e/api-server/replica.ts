/** One replica of the webhook: the real program as its Deployment starts it, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { ServerHost } from '../../../dev/cluster/cluster-host.js';
import type { MemoryCgroup } from '../../memory-cgroup.js';
import { until } from '../../sidecar/mounted/until.js';

export interface ReplicaOptions {
  readonly host: ServerHost;
  /** Of its pod. */
  readonly name: string;
  /** Of the Deployment. */
  readonly args: readonly string[];
  /** Of the Deployment too. */
  readonly nodeOptions: string;
  /** Where what it starts with is bounded; null: nowhere. */
  readonly cgroup: MemoryCgroup | null;
  /** Of its service account. */
  readonly kubeconfig: string;
  readonly namespace: string;
  /** For its log. */
  readonly folder: string;
}

const program = fileURLToPath(new URL('../../../cli/main.js', import.meta.url));
/** Of the Deployment's containers. */
export const ports = { https: 8443, metrics: 8080 } as const;
const startMs = 60_000;
const askMs = 2000;

export class Replica {
  readonly #child: ChildProcess;
  readonly #log: string;

  constructor(readonly options: ReplicaOptions) {
    const { host, name, args, nodeOptions, cgroup, kubeconfig, namespace, folder } = options;
    this.#log = join(folder, `${name}.log`);
    const entered = cgroup === null ? [] : cgroup.entering;
    const command = host.entering([...entered, process.execPath, '--enable-source-maps', program, ...args]);
    const log = openSync(this.#log, 'a');
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        NODE_OPTIONS: nodeOptions,
        KUBECONFIG: kubeconfig,
        POD_NAMESPACE: namespace,
        POD_NAME: name,
      },
    });
    closeSync(log);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get log(): string {
    return readFileSync(this.#log, 'utf8');
  }

  /** As the kubelet asks. */
  async isReady(): Promise<boolean> {
    return !this.hasEnded && (await this.#ask('/readyz')).status === 200;
  }

  async untilReady(): Promise<void> {
    await until(async () => this.hasEnded || (await this.isReady()), startMs).catch((error: unknown) => {
      throw new Error(`${this.options.name} does not get ready:\n${this.log.slice(-3000)}`, { cause: error });
    });
    if (this.hasEnded) throw new Error(`${this.options.name} ended:\n${this.log.slice(-3000)}`);
  }

  /** In Prometheus' format. */
  async metrics(): Promise<string> {
    return (await this.#ask('/metrics')).body;
  }

  /** The certificate that a new connection gets, as PEM; '' where there is none. */
  serves(): Promise<string> {
    const { address } = this.options.host;
    return new Promise((resolve) => {
      const socket = connect({ host: address, port: ports.https, rejectUnauthorized: false, timeout: askMs });
      socket.once('secureConnect', () => {
        const { raw } = socket.getPeerCertificate();
        socket.destroy();
        resolve(new X509Certificate(raw).toString());
      });
      socket.once('timeout', () => socket.destroy());
      socket.once('error', () => resolve(''));
      socket.once('close', () => resolve(''));
    });
  }

  /** Resolves with its exit code once it is gone; null when a signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.hasEnded) return this.#child.exitCode;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
    return this.#child.exitCode;
  }

  #ask(path: string): Promise<Asked> {
    const { address } = this.options.host;
    return new Promise((resolve) => {
      const request = get(
        { host: address, port: ports.metrics, path, timeout: askMs, agent: false },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (text: string) => {
            body += text;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
          response.on('error', () => resolve(unanswered));
        },
      );
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve(unanswered));
    });
  }
}

interface Asked {
  readonly status: number;
  readonly body: string;
}

const unanswered: Asked = { status: 0, body: '' };
