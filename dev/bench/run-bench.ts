/**
 * What every bench does: reads its options, opens the targets, measures each benchmark in rounds, shows the results, and
 * closes what was opened, whatever happened.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inkFor } from '../../cli/terminal/ink.js';
import { HavocError } from '../../core/havoc-error.js';
import { Closing } from '../closing.js';
import { type Benchmark, type Context, metricsOf, type Target } from './benchmark.js';
import { type Menu, type Options, readOptions, usageOf } from './options.js';
import { type Layout, type Row, report } from './report.js';
import { resultOf } from './results.js';
import { measureRounds } from './rounds.js';

export interface Bench<T extends Target, Size> extends Menu<Benchmark<T, Size>>, Layout {
  /** Enough to trust, or just enough to see that it works. */
  readonly sizes: { readonly full: Size; readonly quick: Size };
  /** Throws what the machine lacks. */
  check(targets: readonly string[]): void;
  open(names: readonly string[], setup: Setup): Promise<readonly T[]>;
  /** Before each measurement. */
  cooldown?(context: Context<T, Size>): Promise<unknown>;
}

export interface Setup {
  /** Of this run; it is removed at the end. */
  readonly folder: string;
  readonly closing: Closing;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

export async function runBench<T extends Target, Size>(
  bench: Bench<T, Size>,
  args: readonly string[],
): Promise<void> {
  const stop = new AbortController();
  /** However often: what is open is closed in order, once. */
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  try {
    const options = readOptions(args, bench);
    if (options.help) process.stdout.write(`${usageOf(bench)}\n`);
    else await measureAll(bench, options, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) process.exitCode = 130;
    else if (error instanceof HavocError) fail(error);
    else throw error;
  }
}

async function measureAll<T extends Target, Size>(
  bench: Bench<T, Size>,
  options: Options<Benchmark<T, Size>>,
  signal: AbortSignal,
): Promise<void> {
  bench.check(options.targets);
  await using closing = new Closing();
  const folder = mkdtempSync(join(options.directory, 'havock8s-bench-'));
  closing.defer(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const targets = await bench.open(options.targets, { folder, closing, signal, progress });
  const size = options.quick ? bench.sizes.quick : bench.sizes.full;
  const rows: Row[] = [];
  for (const benchmark of options.benchmarks) {
    const measurements = await measureRounds(benchmark, {
      contexts: targets.map((target) => ({ target, size, signal })),
      rounds: options.rounds,
      warmUp: options.quick,
      progress,
      ...(bench.cooldown && { cooldown: bench.cooldown }),
    });
    rows.push(
      ...metricsOf(benchmark).map((metric, index) => ({
        metric,
        measurements,
        result: resultOf(metric, measurements, bench.targets),
        isBeside: index > 0,
      })),
    );
  }
  process.stdout.write(`\n${report(bench, rows, inkFor(process.stdout, process.env))}`);
  const results = rows.map(({ result }) => result);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail({ code, message }: HavocError): void {
  process.stderr.write(`${code}: ${message}\n`);
  process.exitCode = code === 'bench.usage' ? 2 : 1;
}
