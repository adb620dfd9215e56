/** Our processes, by what they call themselves: those of this machine and of its containers, as far as they are seen. */
import { readdirSync, readlinkSync } from 'node:fs';
import { readIfThere } from '../../../sidecar/linux/read-if-there.js';

export interface SeenProcess {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  /** `R`, `S`, `D`, `Z`: as proc_pid_stat(5). */
  readonly state: string;
  /** In a pid namespace within ours: of a container. */
  readonly isInContainer: boolean;
  /** Is our network its network? Null where that cannot be seen. */
  readonly sharesNetwork: boolean | null;
}

export function findProcesses(): readonly SeenProcess[] {
  const network = linkOf('/proc/self/ns/net');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const name = nameOf(pid);
      return name.startsWith('havock8s-') ? processOf(pid, name, network) : [];
    });
}

function processOf(pid: string, name: string, network: string | null): readonly SeenProcess[] {
  const status = readIfThere(`/proc/${pid}/status`);
  if (status === null) return [];
  const theirs = linkOf(`/proc/${pid}/ns/net`);
  return [
    {
      pid: Number(pid),
      name,
      parent: Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1] ?? 0),
      state: /^State:\s*(\w)/m.exec(status)?.[1] ?? '',
      isInContainer: (/^NSpid:\s*(.*)$/m.exec(status)?.[1] ?? '').trim().split(/\s+/).length > 1,
      sharesNetwork: theirs === null || network === null ? null : theirs === network,
    },
  ];
}

/** What it calls itself; of one that has ended, '' . */
const nameOf = (pid: string | number): string =>
  (readIfThere(`/proc/${pid}/cmdline`) ?? '').split('\0')[0]?.trim() ?? '';

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
