/** What the disk bench measures: one directory, and the processes that answer for it. */
import type { Benchmark as AnyBenchmark, Context as AnyContext, Goal, Target } from '../benchmark.js';

export const targetNames = ['bare', 'libfuse', 'idle', 'armed'] as const;
export type TargetName = (typeof targetNames)[number];

export interface DiskTarget extends Target {
  readonly name: TargetName;
  readonly directory: string;
  readonly pids: Readonly<Partial<Record<Role, number>>>;
}

export type Role = 'fault proxy' | 'holder';

export interface Size {
  readonly seconds: number;
  readonly randomFileMiB: number;
  readonly sequentialFileMiB: number;
  readonly smallFiles: number;
  readonly pgbenchScale: number;
  readonly pgbenchSeconds: number;
}

export type Context = AnyContext<DiskTarget, Size>;
export type Benchmark = AnyBenchmark<DiskTarget, Size>;

/** Ours, with nothing armed, is at least so many times as good. */
export const atLeast = (times: number, against: TargetName): Goal => ({
  kind: 'ratio',
  of: ['idle'],
  against,
  atLeast: times,
});
