/** Who runs where: the server has a core that no load is on. */
import { readFileSync } from 'node:fs';
import { HavocError } from '../../../core/havoc-error.js';

export interface Cores {
  readonly server: number;
  readonly load: number;
}

export function twoCores(): Cores {
  const [server, load] = coresOf(readFileSync('/proc/self/status', 'utf8'));
  if (server !== undefined && load !== undefined) return { server, load };
  throw new HavocError('bench.lacks', 'the server and its load need a core each, and there is one');
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
export const onCore = (core: number, program: string, ...args: readonly (string | number)[]) =>
  ['taskset', ['--cpu-list', String(core), program, ...args.map(String)]] as const;
