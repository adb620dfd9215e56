/** `havock8s local` on a host of a test, and its control endpoint there. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Shape } from '../../../sidecar/control/api.js';
import type { ListedFault } from '../../../sidecar/registry/fault-record.js';
import type { TcpStatus } from '../../../sidecar/tcp/tcp-status.js';
import { shipped } from '../../shipped.js';
import { until } from '../mounted/until.js';
import type { Host } from './host.js';
import { Peer } from './peer.js';

const control = '127.0.0.1:7808';
const url = `http://${control}`;

export class SidecarOnHost {
  readonly said: string[] = [];
  readonly #child: ChildProcess;
  readonly #state: string;
  /** Who asks the endpoint, which only those on the host can reach. */
  readonly #hand: Peer;

  private constructor(child: ChildProcess, state: string, hand: Peer) {
    this.#child = child;
    this.#state = state;
    this.#hand = hand;
  }

  static start(host: Host, ...args: readonly string[]): Promise<SidecarOnHost> {
    return SidecarOnHost.startIn({}, host, ...args);
  }

  /** With these in its environment, too. */
  static async startIn(
    environment: NodeJS.ProcessEnv,
    host: Host,
    ...args: readonly string[]
  ): Promise<SidecarOnHost> {
    const state = mkdtempSync(join(tmpdir(), 'havock8s-tcp-'));
    const command = [
      process.execPath,
      shipped('cli/main', { ...process.env, ...environment }),
      '-o',
      'json',
      'local',
      '--control',
      control,
      '--state',
      state,
    ];
    const child = host.spawn([...command, ...args], {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const sidecar = new SidecarOnHost(child, state, await Peer.start(host));
    const ready = new Promise<void>((resolve, reject) => {
      assert.ok(child.stderr);
      createInterface(child.stderr).on('line', (line) => {
        sidecar.said.push(line);
        if (line.includes('"started"')) resolve();
      });
      child.once('exit', () => reject(new Error(sidecar.said.join('\n'))));
    });
    await ready;
    return sidecar;
  }

  /** Resolves once it is in force. */
  async arm(name: string, sentence: string): Promise<void> {
    await this.#request('PUT', `/v1/faults/${name}`, { sentence });
  }

  async disarm(name: string): Promise<void> {
    await this.#request('DELETE', `/v1/faults/${name}`);
  }

  async disarmAll(): Promise<void> {
    await this.#request('DELETE', '/v1/faults');
  }

  async fault(name: string): Promise<ListedFault> {
    return JSON.parse(await this.#request('GET', `/v1/faults/${name}`)) as ListedFault;
  }

  /** Waits until the fault has hit so many times: packets are counted once a second. */
  async awaitInjected(name: string, least = 1): Promise<ListedFault> {
    await until(async () => (await this.fault(name)).tallies.injected >= least);
    return this.fault(name);
  }

  /** Waits until it has met more packets than it had, or there is nobody left to send any. */
  async awaitMatched(name: string, isOver: () => boolean): Promise<void> {
    const before = (await this.fault(name)).tallies.matched;
    await until(async () => isOver() || (await this.fault(name)).tallies.matched > before);
  }

  async status(): Promise<Shape<'Status'>> {
    return JSON.parse(await this.#request('GET', '/v1/status')) as Shape<'Status'>;
  }

  async tcp(): Promise<TcpStatus> {
    const { tcp } = await this.status();
    assert.ok(tcp);
    return tcp;
  }

  async mended(): Promise<number> {
    return (await this.tcp()).interception?.mended ?? 0;
  }

  async proxyPid(): Promise<number> {
    return (await this.status()).pids.faultProxy;
  }

  /** Of the command that everything is below. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async isAnswering(): Promise<boolean> {
    return (await this.#hand.request('GET', `${url}/readyz`)).status === 200;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await gone;
    }
    rmSync(this.#state, { recursive: true, force: true });
  }

  async #request(method: string, path: string, body: object | null = null): Promise<string> {
    const { status, text } = await this.#hand.request(method, url + path, body);
    assert.ok(status >= 200 && status < 300, `${method} ${path}: ${status} ${text}`);
    return text;
  }
}
