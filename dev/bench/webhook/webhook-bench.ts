/** What the bench of the webhook is made of. */
import type { Bench } from '../run-bench.js';
import { openPlaces } from './places.js';
import { report } from './report.js';
import { fullSize, quickSize } from './size.js';
import { subjects } from './subject.js';
import { checkTools } from './tools.js';
import type { WorkContext } from './work.js';
import { works } from './works.js';

export const webhookBench: Bench<WorkContext> = {
  script: 'bench:webhook',
  works,
  subjects,
  rounds: 5,
  check: checkTools,
  open: async ({ subjects: chosen, directory, quick }, { signal }) => {
    const places = await openPlaces({ chosen, directory, signal });
    const size = quick ? quickSize : fullSize;
    return { contexts: places.all.map((place) => ({ place, size, signal })), close: places.close };
  },
  report,
};
