/** The processes of a pod as this machine numbers them, whatever namespaces they are in: by the cgroup they stand in. */
import { readdirSync, readFileSync } from 'node:fs';
import { sidecar } from '../../../core/pod-layout.js';

export interface PodProcess {
  readonly pid: number;
  /** What it calls itself. */
  readonly name: string;
  /** The container's cgroup. */
  readonly cgroup: string;
}

/** What the processes of the sidecars call themselves. */
export const processName = {
  holder: sidecar.mount,
  supervisor: 'havock8s-supervisor',
  faultProxy: sidecar.faults,
  standby: 'havock8s-spare',
} as const;

export class PodProcesses {
  readonly #uid: string;
  constructor(uid: string) {
    this.#uid = uid;
  }

  /** Those that ended and were not taken leave of are none. */
  all(): readonly PodProcess[] {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => {
        const cgroup = new RegExp(`:memory:(.*/pod${this.#uid}/.*)$|^0::(.*/pod${this.#uid}/.*)$`, 'm').exec(
          read(`/proc/${entry}/cgroup`),
        );
        if (cgroup === null) return [];
        const name = read(`/proc/${entry}/cmdline`).split('\0')[0] ?? '';
        return name === '' ? [] : [{ pid: Number(entry), name, cgroup: cgroup[1] ?? cgroup[2] ?? '' }];
      });
  }

  called(name: string): readonly PodProcess[] {
    return this.all().filter((one) => one.name === name);
  }

  /** Throws where none, or more than one, calls itself that. */
  one(name: string): PodProcess {
    const found = this.called(name);
    const [only] = found;
    if (only === undefined || found.length > 1)
      throw new Error(`${found.length} processes are called ${name}: ${this.tell()}`);
    return only;
  }

  /** The container of the process of that name, in whole. */
  beside(name: string): readonly PodProcess[] {
    const [first] = this.called(name);
    return first === undefined ? [] : this.all().filter(({ cgroup }) => cgroup === first.cgroup);
  }

  tell(): string {
    return this.all()
      .map(({ pid, name }) => `${pid} ${name}`)
      .join(', ');
  }
}

/** Those that are gone already are let be. */
export function signalAll(processes: readonly PodProcess[], signal: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
