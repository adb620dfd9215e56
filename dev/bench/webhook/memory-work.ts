/** Does a server that goes on answering become larger? One that has answered nobody yet is looked at three times. */
import type { Figure } from '../work.js';
import { load } from './load.js';
import { type Memory, ReviewServer } from './review-server.js';
import type { Subject } from './subject.js';
import type { Work } from './work.js';

const connections = 16;

export const memoryWork: Work = {
  ...figure('heap-growth', "heap's growth from the first look to the third"),
  goals: [{ kind: 'below', of: ['ours'], bound: 1 }],
  once: true,
  subjects: ['ours'],
  also: (['heap', 'resident'] as const).flatMap((what) =>
    ['10k', '50k', '100k'].map((count) => figure(`${what}-${count}`, `${what} after ${count} reviews`)),
  ),
  measure: async ({ place, size, signal }) => {
    const { subject, cores, certificate } = place;
    const server = await ReviewServer.start({ subject, cores, certificate, signal });
    try {
      const looks: Memory[] = [];
      let answered = 0;
      for (const count of size.memoryAfter) {
        const reviews = count - answered;
        await load(place, server, { path: '/inject', pod: 'usual', connections, reviews, warmUp: 0, signal });
        answered = count;
        looks.push(await server.memory());
      }
      const heaps = looks.map(({ heapUsed }) => heapUsed / 1e6);
      const growth = (heaps.at(-1) ?? Number.NaN) - (heaps[0] ?? Number.NaN);
      return [growth, ...heaps, ...looks.map(({ rss }) => rss / 1e6)];
    } finally {
      await server.close();
    }
  },
};

function figure(name: string, title: string): Figure<Subject> {
  return { name, title, unit: 'MB', better: 'less', compared: false, goals: [] };
}
