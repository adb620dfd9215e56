/** Every benchmark of the disk, in the order it is done. */
import { fileURLToPath } from 'node:url';
import { run } from '../../programs/run.js';
import { residentKiB } from '../machine.js';
import { fioBenchmarks } from './fio-benchmarks.js';
import { pgbench } from './pgbench.js';
import { atLeast, type Benchmark, type Role } from './target.js';

const smallFilesProgram = fileURLToPath(new URL('./small-files.js', import.meta.url));

/** 10,000 small files: the operations on names, not on bytes. */
const smallFiles: Benchmark = {
  name: 'small-files',
  title: 'create, stat, unlink small files',
  unit: 'files/s',
  better: 'more',
  goals: [atLeast(0.8, 'libfuse')],
  measure: async ({ target, size, signal }) =>
    Number(
      await run(process.execPath, [smallFilesProgram, target.directory, String(size.smallFiles)], { signal }),
    ),
};

/** What the fault proxy and the holder occupy, as the kernel counts it. */
const memory = (role: Role, when: 'before' | 'after', bound: number): Benchmark => ({
  name: `memory-${role.replace(' ', '-')}-${when}`,
  title: `${role}'s memory, ${when === 'before' ? 'at rest' : 'after the benchmarks'}`,
  unit: 'MB',
  better: 'less',
  compared: false,
  once: true,
  goals: [{ kind: 'below', of: ['idle'], bound }],
  measure: async ({ target }) => (residentKiB(target.pids[role]) * 1024) / 1e6,
});

export const benchmarks: readonly Benchmark[] = [
  memory('fault proxy', 'before', 130),
  memory('holder', 'before', 50),
  ...fioBenchmarks,
  smallFiles,
  pgbench,
  memory('fault proxy', 'after', 130),
  memory('holder', 'after', 50),
];
