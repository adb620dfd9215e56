/** Every work, in the order it is done. */
import { fioWorks } from './fio-works.js';
import { memoryAfter, memoryBefore } from './memory-works.js';
import { pgbenchWork } from './pgbench-work.js';
import { smallFilesWork } from './small-files-work.js';
import type { Work } from './work.js';

export const works: readonly Work[] = [
  ...memoryBefore,
  ...fioWorks,
  smallFilesWork,
  pgbenchWork,
  ...memoryAfter,
];
