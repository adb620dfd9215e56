/** What a pod that keeps ledgers has, in a folder of the test's: a database, a volume, and the annotations of the pod. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Running, spawnCli } from '../../../cli/run-cli.js';
import { RedisServer } from '../redis-server.js';

export interface ServedLedger {
  readonly running: Running;
  readonly port: number;
}

export class LedgerPlace {
  private constructor(
    readonly folder: string,
    readonly redis: RedisServer,
  ) {}

  static async create(): Promise<LedgerPlace> {
    const folder = mkdtempSync(join(tmpdir(), 'havock8s-ledger-pod-'));
    mkdirSync(join(folder, 'pod'));
    const place = new LedgerPlace(folder, await RedisServer.start(join(folder, 'redis')));
    place.annotate({});
    return place;
  }

  /** As the kubelet does: whole or not at all. */
  annotate(annotations: Readonly<Record<string, string>>): void {
    const lines = Object.entries(annotations).map(([key, value]) => `${key}=${JSON.stringify(value)}\n`);
    const file = join(this.folder, 'pod', 'annotations');
    writeFileSync(`${file}.new`, lines.join(''));
    renameSync(`${file}.new`, file);
  }

  /** The process of the pod, with what was remembered before. */
  async serve(t: TestContext, podUid: string): Promise<ServedLedger> {
    const running = spawnCli(
      t,
      [
        ...['ledger', 'serve', '--redis', this.redis.url, '--port', '0'],
        ...['--state', join(this.folder, 'state')],
        ...['--annotations', join(this.folder, 'pod', 'annotations')],
      ],
      { env: { HAVOCK8S_POD_UID: podUid } },
    );
    const [, port] = await running.says(/"port":(\d+)/);
    return { running, port: Number(port) };
  }

  async close(): Promise<void> {
    await this.redis.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
