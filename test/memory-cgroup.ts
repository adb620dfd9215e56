/**
 * A cgroup whose memory is bounded, for processes of a test: the kernel kills one of them when it is full. Versions 1
 * and 2 (cgroups(7)).
 */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { until } from './sidecar/mounted/until.js';

const root = '/sys/fs/cgroup';
const isUnified = existsSync(join(root, 'cgroup.controllers'));
const hierarchy = isUnified ? root : join(root, 'memory');
const names = isUnified
  ? { limit: 'memory.max', events: 'memory.events', usage: 'memory.current' }
  : { limit: 'memory.limit_in_bytes', events: 'memory.oom_control', usage: 'memory.usage_in_bytes' };

/** May this process make one? */
export function mayBoundMemory(): boolean {
  try {
    accessSync(hierarchy, constants.W_OK);
    return isUnified ? handsDown() : existsSync(join(hierarchy, names.limit));
  } catch {
    return false;
  }
}

/** The root of version 2 has to hand the controller down. */
function handsDown(): boolean {
  const file = join(root, 'cgroup.subtree_control');
  if (!readFileSync(file, 'utf8').split(/\s/).includes('memory')) writeFileSync(file, '+memory');
  return true;
}

export class MemoryCgroup {
  readonly #folder: string;

  constructor(name: string, limitBytes: number) {
    this.#folder = join(hierarchy, `havock8s-test-${process.pid}-${name}`);
    mkdirSync(this.#folder);
    writeFileSync(join(this.#folder, names.limit), `${limitBytes}`);
  }

  /** And whatever it starts from now on. */
  add(pid: number): void {
    writeFileSync(join(this.#folder, 'cgroup.procs'), `${pid}`);
  }

  /** What a command line begins with, to be run in here. */
  get entering(): readonly string[] {
    return ['sh', '-c', `echo $$ > '${join(this.#folder, 'cgroup.procs')}' && exec "$@"`, 'sh'];
  }

  has(pid: number): boolean {
    return readFileSync(join(this.#folder, 'cgroup.procs'), 'utf8').split('\n').includes(`${pid}`);
  }

  /** How many processes the kernel has killed because it was full. */
  oomKills(): number {
    const [, kills] = /^oom_kill (\d+)$/m.exec(this.#read(names.events)) ?? [];
    if (kills === undefined) throw new Error(`${names.events} says nothing of processes that were killed`);
    return Number(kills);
  }

  usedBytes(): number {
    return Number(this.#read(names.usage));
  }

  /** Its processes have ended, or do so now. */
  async remove(): Promise<void> {
    await until(() => this.#read('cgroup.procs') === '');
    rmdirSync(this.#folder);
  }

  #read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8');
  }
}
