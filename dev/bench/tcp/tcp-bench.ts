/** What the TCP bench is made of. */
import type { Bench } from '../run-bench.js';
import { subjects } from './place.js';
import { openPlaces } from './places.js';
import { report } from './report.js';
import { fullSize, quickSize } from './size.js';
import { checkTools } from './tools.js';
import type { WorkContext } from './work.js';
import { works } from './works.js';

export const tcpBench: Bench<WorkContext> = {
  script: 'bench:tcp',
  works,
  subjects,
  rounds: 5,
  check: ({ subjects: chosen }) => checkTools(chosen),
  open: async ({ subjects: chosen, directory, quick }, context) => {
    const places = await openPlaces({ chosen, directory, context });
    const size = quick ? quickSize : fullSize;
    const { signal } = context;
    return { contexts: places.all.map((place) => ({ place, size, signal })), close: places.close };
  },
  report,
};
