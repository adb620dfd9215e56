/**
 * The works fio does.
 *
 * A read through a FUSE mount that finds its page in the kernel's cache reaches no daemon at all. So the
 * buffered random reads drop the mount's own pages first and read each block once: every one of them is
 * a request to the daemon, answered from the page cache beneath; the bare directory has no second cache,
 * and reads the disk. The same holds for the sequential read. The direct ones skip every cache.
 */
import { run } from '../command.js';
import { type FioResult, parseFio } from './fio-result.js';
import { atLeast, type Goal, type Work, type WorkContext } from './work.js';

export const fioWorks: readonly Work[] = [
  randomRead(4, [atLeast(1, 'libfuse')]),
  randomRead(1, [atLeast(0.8, 'libfuse')]),
  randomWrite(4, [atLeast(1, 'libfuse')]),
  randomWrite(1, [atLeast(0.8, 'libfuse')]),
  direct(randomRead(4, [])),
  direct(randomRead(1, [])),
  direct(randomWrite(4, [])),
  direct(randomWrite(1, [])),
  {
    name: 'sequential-read-1m',
    title: '1 MiB sequential read, cold',
    unit: 'MiB/s',
    better: 'more',
    goals: [atLeast(1.5, 'libfuse')],
    prepare: async (context) => void (await sequential(context, ['--rw=write'])),
    measure: async (context) =>
      (await sequential(context, ['--rw=read', '--invalidate=1'])).read.mibPerSecond,
  },
  {
    name: 'sequential-write-1m',
    title: '1 MiB sequential write',
    unit: 'MiB/s',
    better: 'more',
    goals: [atLeast(1, 'libfuse')],
    measure: async (context) =>
      (await sequential(context, ['--rw=write', '--overwrite=1'])).write.mibPerSecond,
  },
  {
    name: 'fsync-latency',
    title: 'fsync after 4 KiB, median',
    unit: 'us',
    better: 'less',
    goals: [],
    measure: async (context) => {
      const args = ['--filename=synced', '--size=4m', '--rw=write', '--bs=4k', '--fsync=1', '--overwrite=1'];
      return (await fio(context, [...args, ...timed(context)])).syncMicroseconds;
    },
  },
];

function randomRead(jobs: number, goals: readonly Goal[]): Work {
  return {
    name: `random-read-4k-${jobs}job${jobs > 1 ? 's' : ''}`,
    title: `4 KiB random read, ${jobs} job${jobs > 1 ? 's' : ''}`,
    unit: 'op/s',
    better: 'more',
    goals,
    prepare: async (context) => void (await random(context, jobs, ['--rw=write', '--bs=1m'])),
    measure: async (context) => (await random(context, jobs, ['--rw=randread', '--invalidate=1'])).read.iops,
  };
}

function randomWrite(jobs: number, goals: readonly Goal[]): Work {
  return {
    ...randomRead(jobs, goals),
    name: `random-write-4k-${jobs}job${jobs > 1 ? 's' : ''}`,
    title: `4 KiB random write, ${jobs} job${jobs > 1 ? 's' : ''}`,
    measure: async (context) =>
      (await random(context, jobs, ['--rw=randwrite', '--overwrite=1', ...timed(context)])).write.iops,
  };
}

/** The same work with O_DIRECT. */
function direct(work: Work): Work {
  return {
    ...work,
    name: `direct-${work.name}`,
    title: `${work.title}, O_DIRECT`,
    measure: (context) => work.measure({ ...context, fioArguments: ['--direct=1', ...timed(context)] }),
  };
}

const random = (context: WorkContext, jobs: number, args: readonly string[]): Promise<FioResult> =>
  fio(context, [
    '--filename_format=random.$jobnum',
    `--size=${context.size.randomFileMiB}m`,
    '--bs=4k',
    `--numjobs=${jobs}`,
    ...args,
  ]);

const sequential = (context: WorkContext, args: readonly string[]): Promise<FioResult> =>
  fio(context, ['--filename=sequential', `--size=${context.size.sequentialFileMiB}m`, '--bs=1m', ...args]);

const timed = ({ size }: WorkContext): string[] => ['--time_based', `--runtime=${size.seconds}`];

async function fio(
  { place, signal, fioArguments = [] }: WorkContext,
  args: readonly string[],
): Promise<FioResult> {
  const fixed = [
    '--name=bench',
    '--ioengine=psync',
    '--fallocate=none',
    '--group_reporting',
    '--output-format=json',
  ];
  const directory = `--directory=${place.directory}`;
  return parseFio(await run('fio', [...fixed, directory, ...args, ...fioArguments], { signal }));
}
