/** A memory cgroup as a container's limit makes it, of version 1 or 2, whichever the machine has. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { lastFirst } from '../../../cli/last-first.js';
import { until } from '../../mounted/until.js';

const root = '/sys/fs/cgroup';
const isFirst = (): boolean => existsSync(join(root, 'memory', 'memory.limit_in_bytes'));

export class MemoryCgroup {
  readonly #folder: string;

  constructor(t: TestContext, limitBytes: number) {
    this.#folder = join(isFirst() ? join(root, 'memory') : root, `havock8s-test-${process.pid}`);
    mkdirSync(this.#folder);
    lastFirst(t, () => until(() => this.#remove()));
    const file = isFirst() ? 'memory.limit_in_bytes' : 'memory.max';
    writeFileSync(join(this.#folder, file), String(limitBytes));
  }

  /** The shell command by which a shell joins it, and with it what it starts. */
  get joining(): string {
    return `echo 0 > ${this.#folder}/cgroup.procs`;
  }

  get oomKills(): number {
    return this.#figure(isFirst() ? 'memory.oom_control' : 'memory.events', 'oom_kill');
  }

  /** What cannot be dropped: memory of processes, and files that lie in memory. */
  get heldMb(): number {
    const anonymous = this.#figure('memory.stat', isFirst() ? 'total_rss' : 'anon');
    const shared = this.#figure('memory.stat', isFirst() ? 'total_shmem' : 'shmem');
    return (anonymous + shared) / 2 ** 20;
  }

  #figure(file: string, name: string): number {
    const text = readFileSync(join(this.#folder, file), 'utf8');
    const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`${file} has no ${name}: ${text}`);
    return Number(found);
  }

  #remove(): boolean {
    try {
      rmdirSync(this.#folder);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return false;
      throw error;
    }
  }
}
