/** `npm run bench:disk`: fio, small files and pgbench; ours beside the bare directory and beside libfuse. */
import { HavocError } from '../../../core/havoc-error.js';
import { isThere } from '../../programs/installed.js';
import { run } from '../../programs/run.js';
import { requirePrograms, requireRoot } from '../machine.js';
import { goalColumn, ratioColumn, titleColumn, unitColumn, valueColumn } from '../report.js';
import type { Bench } from '../run-bench.js';
import { benchmarks } from './benchmarks.js';
import { type DiskTarget, type Size, targetNames } from './target.js';
import { openTargets } from './targets.js';

export const diskBench: Bench<DiskTarget, Size> = {
  name: 'disk',
  benchmarks,
  targets: targetNames,
  rounds: 3,
  sizes: {
    full: {
      seconds: 3,
      randomFileMiB: 64,
      sequentialFileMiB: 512,
      smallFiles: 10_000,
      pgbenchScale: 10,
      pgbenchSeconds: 10,
    },
    quick: {
      seconds: 1,
      randomFileMiB: 32,
      sequentialFileMiB: 64,
      smallFiles: 2000,
      pgbenchScale: 1,
      pgbenchSeconds: 2,
    },
  },
  check: (targets) => {
    requireRoot('mounts side by side and runs PostgreSQL as its own user');
    if (targets.some((target) => target !== 'bare') && !isThere('/dev/fuse'))
      throw new HavocError(
        'bench.lacks',
        'no /dev/fuse: modprobe fuse, or give the container this device and CAP_SYS_ADMIN',
      );
    const programs = [
      { program: 'fio', debianPackage: 'fio' },
      { program: 'pgbench', debianPackage: 'postgresql' },
      { program: 'cc', debianPackage: 'gcc', for: 'libfuse' },
      { program: 'pkg-config', debianPackage: 'pkg-config', for: 'libfuse' },
    ];
    requirePrograms(programs, targets);
  },
  open: openTargets,
  /** What was left to be written is written, so that nobody pays for another. */
  cooldown: ({ target, signal }) => run('sync', ['--file-system', target.directory], { signal }),
  tables: [
    [
      titleColumn,
      unitColumn,
      valueColumn('bare', 'bare'),
      valueColumn('libfuse', 'libfuse'),
      valueColumn('ours', 'idle'),
      valueColumn('10 armed', 'armed'),
      ratioColumn('ours/bare', ['idle', 'bare']),
      ratioColumn('ours/libfuse', ['idle', 'libfuse']),
      ratioColumn('armed/ours', ['armed', 'idle']),
      goalColumn,
    ],
  ],
  armed: ['armed', 'idle'],
};
