/** Who runs where: the server has a core that no load is on. */
import { readFileSync } from 'node:fs';

export interface Cores {
  readonly server: number;
  readonly load: number;
}

/** Throws where this process may run on fewer than two. */
export function twoCores(): Cores {
  const [server, load] = coresOf(readFileSync('/proc/self/status', 'utf8'));
  if (server === undefined || load === undefined) throw new RangeError('fewer than two cores');
  return { server, load };
}

/** `Cpus_allowed_list: 0-2,5` is 0, 1, 2, 5. */
export function coresOf(status: string): readonly number[] {
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(status)?.[1] ?? '';
  return list
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** The arguments of a command line that runs only there. */
export const onCore = (core: number, program: string, ...args: readonly string[]) =>
  ['taskset', ['--cpu-list', String(core), program, ...args]] as const;
