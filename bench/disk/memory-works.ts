/** What the plane and the holder occupy, as the kernel counts it; measured before the works and after. */
import { readFileSync } from 'node:fs';
import type { Processes } from './place.js';
import type { Work } from './work.js';

export const memoryBefore: readonly Work[] = memoryWorks('before', 'at rest');
export const memoryAfter: readonly Work[] = memoryWorks('after', 'after the works');

function memoryWorks(when: string, told: string): readonly Work[] {
  return [
    memoryWork({
      name: `memory-plane-${when}`,
      title: `plane's memory, ${told}`,
      of: 'planePid',
      bound: 130,
    }),
    memoryWork({
      name: `memory-holder-${when}`,
      title: `holder's memory, ${told}`,
      of: 'holderPid',
      bound: 50,
    }),
  ];
}

interface Memory {
  readonly name: string;
  readonly title: string;
  readonly of: keyof Processes;
  readonly bound: number;
}

function memoryWork({ name, title, of, bound }: Memory): Work {
  const measure: Work['measure'] = async ({ place }) => residentMegabytes(place.processes[of]);
  return { name, title, unit: 'MB', better: 'less', goals: [{ kind: 'below', bound }], measure };
}

function residentMegabytes(pid: number | undefined): number {
  if (pid === undefined) return Number.NaN;
  const kib = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB$/m)?.[1];
  return (Number(kib) * 1024) / 1e6;
}
