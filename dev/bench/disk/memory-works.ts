/** What the fault proxy and the holder occupy, as the kernel counts it; measured before the works and after. */
import { residentKiB } from '../resident-memory.js';
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
  const measure: Work['measure'] = async ({ place }) => (residentKiB(place.processes[of]) * 1024) / 1e6;
  const goals: Work['goals'] = [{ kind: 'below', of: ['idle'], bound }];
  return { name, title, unit: 'MB', better: 'less', compared: false, goals, measure };
}
