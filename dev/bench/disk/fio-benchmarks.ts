/**
 * What fio measures.
 *
 * A read through a FUSE mount that finds its page in the kernel's cache reaches no daemon at all. So the
 * buffered random reads drop the mount's own pages first and read each block once: every one of them is
 * a request to the daemon, answered from the page cache beneath; the bare directory has no second cache,
 * and reads the disk. The same holds for the sequential read. The direct ones skip every cache.
 */
import { run } from '../../programs/run.js';
import type { Goal } from '../benchmark.js';
import { type FioResult, parseFio } from './fio.js';
import { atLeast, type Benchmark, type Context, type Size } from './target.js';

type Arguments = (size: Size) => readonly string[];

interface FioRow {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly better?: 'less';
  readonly goals?: readonly Goal[];
  readonly prepare?: Arguments;
  readonly args: Arguments;
  readonly value: (result: FioResult) => number;
}

const sequential: Arguments = ({ sequentialFileMiB }) => [
  '--filename=sequential',
  `--size=${sequentialFileMiB}m`,
  '--bs=1m',
];
const timed: Arguments = ({ seconds }) => ['--time_based', `--runtime=${seconds}`];

const rows: readonly FioRow[] = [
  random('read', 4, { goals: [atLeast(1, 'libfuse')] }),
  random('read', 1, { goals: [atLeast(0.8, 'libfuse')] }),
  random('write', 4, { goals: [atLeast(1, 'libfuse')] }),
  random('write', 1, { goals: [atLeast(0.8, 'libfuse')] }),
  random('read', 4, { direct: true }),
  random('read', 1, { direct: true }),
  random('write', 4, { direct: true }),
  random('write', 1, { direct: true }),
  {
    name: 'sequential-read-1m',
    title: '1 MiB sequential read, cold',
    unit: 'MiB/s',
    goals: [atLeast(1.5, 'libfuse')],
    prepare: (size) => [...sequential(size), '--rw=write'],
    args: (size) => [...sequential(size), '--rw=read', '--invalidate=1'],
    value: ({ read }) => read.mibPerSecond,
  },
  {
    name: 'sequential-write-1m',
    title: '1 MiB sequential write',
    unit: 'MiB/s',
    goals: [atLeast(1, 'libfuse')],
    args: (size) => [...sequential(size), '--rw=write', '--overwrite=1'],
    value: ({ write }) => write.mibPerSecond,
  },
  {
    name: 'fsync-latency',
    title: 'fsync after 4 KiB, median',
    unit: 'us',
    better: 'less',
    args: (size) => [
      ...['--filename=synced', '--size=4m', '--rw=write', '--bs=4k', '--fsync=1', '--overwrite=1'],
      ...timed(size),
    ],
    value: ({ syncMicroseconds }) => syncMicroseconds,
  },
];

interface Manner {
  /** Past every cache (O_DIRECT). */
  readonly direct?: true;
  readonly goals?: readonly Goal[];
}

function random(verb: 'read' | 'write', jobs: number, { direct, goals = [] }: Manner): FioRow {
  const inJobs = `${jobs}${jobs > 1 ? ' jobs' : ' job'}`;
  const files: Arguments = ({ randomFileMiB }) => [
    '--filename_format=random.$jobnum',
    `--size=${randomFileMiB}m`,
    `--numjobs=${jobs}`,
  ];
  const pattern = verb === 'read' ? ['--rw=randread', '--invalidate=1'] : ['--rw=randwrite', '--overwrite=1'];
  return {
    name: `${direct ? 'direct-' : ''}random-${verb}-4k-${inJobs.replace(' ', '')}`,
    title: `4 KiB random ${verb}, ${inJobs}${direct ? ', O_DIRECT' : ''}`,
    unit: 'op/s',
    goals,
    prepare: (size) => [...files(size), '--rw=write', '--bs=1m'],
    args: (size) => [
      ...[...files(size), ...pattern, '--bs=4k'],
      ...(verb === 'write' || direct ? timed(size) : []),
      ...(direct ? ['--direct=1'] : []),
    ],
    value: (result) => result[verb].iops,
  };
}

const fixed = [
  '--name=bench',
  '--ioengine=psync',
  '--fallocate=none',
  '--group_reporting',
  '--output-format=json',
];

async function fio(args: Arguments, { target, size, signal }: Context): Promise<FioResult> {
  const directory = `--directory=${target.directory}`;
  return parseFio(await run('fio', [...fixed, directory, ...args(size)], { signal }));
}

export const fioBenchmarks: readonly Benchmark[] = rows.map(({ prepare, args, value, ...metric }) => ({
  better: 'more',
  ...metric,
  ...(prepare && { prepare: (context) => fio(prepare, context) }),
  measure: async (context) => value(await fio(args, context)),
}));
