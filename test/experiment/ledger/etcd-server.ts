/** Real etcd on the loopback: one member, or several of one cluster. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { valueAt } from '../../../core/json.js';
import { until } from '../../sidecar/mounted/until.js';
import { freePort } from '../../sidecar/network/ports.js';

interface Ports {
  readonly client: number;
  readonly peer: number;
}

import { killed } from './killed.js';

export class EtcdServer {
  #server: ChildProcess | null = null;

  private constructor(
    readonly folder: string,
    readonly ports: Ports,
    readonly cluster: string,
  ) {}

  /** A cluster of so many, that answers. */
  static async cluster(folder: string, count: number): Promise<readonly EtcdServer[]> {
    mkdirSync(folder, { recursive: true });
    const ports: Ports[] = [];
    for (let member = 0; member < count; member += 1)
      ports.push({ client: await freePort(), peer: await freePort() });
    const cluster = ports.map(({ peer }) => `m${peer}=${url(peer)}`).join(',');
    const members = ports.map((own) => new EtcdServer(join(folder, `m${own.peer}`), own, cluster));
    for (const member of members) member.#spawn();
    for (const member of members) await member.awaitHealth();
    return members;
  }

  get url(): string {
    return url(this.ports.client);
  }

  async start(): Promise<void> {
    this.#spawn();
    await this.awaitHealth();
  }

  /** Resolves when it knows a leader and has answered. */
  async awaitHealth(): Promise<void> {
    await until(async () => {
      if (this.#server?.exitCode !== null) throw new Error('etcd ended');
      const answer = await fetch(`${this.url}/health`).catch(() => null);
      return answer?.ok === true;
    }, 60_000);
  }

  async isLeader(): Promise<boolean> {
    const status = await this.#ask('maintenance/status', {});
    return valueAt(status, ['leader']) === valueAt(status, ['header', 'member_id']);
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await killed(server);
  }

  /** Its data as they are now; it does not run. Returns the way to put them back. */
  copy(): () => void {
    const copy = `${this.folder}-copy`;
    cpSync(this.folder, copy, { recursive: true });
    return () => {
      rmSync(this.folder, { recursive: true });
      cpSync(copy, this.folder, { recursive: true });
    };
  }

  /** All keys. */
  async count(): Promise<number> {
    const everything = { key: 'AA==', range_end: 'AA==', count_only: true };
    return Number(valueAt(await this.#ask('kv/range', everything), ['count']) ?? 0);
  }

  async #ask(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
    assert.ok(response.ok, `HTTP ${response.status}`);
    return response.json();
  }

  #spawn(): void {
    const { client, peer } = this.ports;
    const words = [
      ...['--name', `m${peer}`, '--data-dir', this.folder],
      ...['--listen-client-urls', url(client), '--advertise-client-urls', url(client)],
      ...['--listen-peer-urls', url(peer), '--initial-advertise-peer-urls', url(peer)],
      ...['--initial-cluster', this.cluster, '--log-level', 'fatal'],
    ];
    this.#server = spawn('etcd', words, { stdio: 'ignore' });
  }
}

const url = (port: number): string => `http://127.0.0.1:${port}`;
