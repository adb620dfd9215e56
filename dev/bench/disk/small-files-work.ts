/** 10,000 small files: the operations on names, not on bytes. */
import { fileURLToPath } from 'node:url';
import { run } from '../command.js';
import { atLeast, type Work } from './work.js';

const script = fileURLToPath(new URL('./small-files.js', import.meta.url));

export const smallFilesWork: Work = {
  name: 'small-files',
  title: 'create, stat, unlink small files',
  unit: 'files/s',
  better: 'more',
  goals: [atLeast(0.8, 'libfuse')],
  measure: async ({ place, size, signal }) =>
    Number(await run(process.execPath, [script, place.directory, String(size.smallFiles)], { signal })),
};
