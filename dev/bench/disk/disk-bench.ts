/** What the disk bench is made of. */
import { run } from '../command.js';
import type { Bench } from '../run-bench.js';
import { subjects } from './place.js';
import { openPlaces } from './places.js';
import { report } from './report.js';
import { fullSize, quickSize } from './size.js';
import { checkTools } from './tools.js';
import type { WorkContext } from './work.js';
import { works } from './works.js';

export const diskBench: Bench<WorkContext> = {
  script: 'bench:disk',
  works,
  subjects,
  rounds: 3,
  check: ({ subjects }) => checkTools(subjects),
  open: async (options, { signal }) => {
    const places = await openPlaces(options.subjects, options.directory);
    const size = options.quick ? quickSize : fullSize;
    return { contexts: places.all.map((place) => ({ place, size, signal })), close: places.close };
  },
  /** What earlier works left to be written is settled, so that nobody pays for another. */
  settle: async ({ place, signal }) =>
    void (await run('sync', ['--file-system', place.directory], { signal })),
  report,
};
