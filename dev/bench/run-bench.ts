/**
 * What every bench does: reads its options, opens the places, measures each work in rounds, closes the
 * places whatever happened, and shows the results.
 */
import { writeFileSync } from 'node:fs';
import { type Ink, inkFor } from '../../cli/terminal/ink.js';
import { HavocError } from '../../core/havoc-error.js';
import { type Chosen, choose, type Menu, usageOf } from './options.js';
import { resultOf } from './result.js';
import { measureRounds } from './rounds.js';
import type { Row } from './table.js';
import { type Context, figuresOf, type SubjectOf, type Work } from './work.js';

export interface Bench<C extends Context> extends Menu<Work<C>, SubjectOf<C>> {
  /** Throws what the machine lacks. */
  check(options: Options<C>): void;
  open(options: Options<C>, context: BenchContext): Promise<Opened<C>>;
  /** Before each measurement. */
  settle?(context: C): Promise<void>;
  report(rows: readonly Row<SubjectOf<C>>[], ink: Ink): string;
}

export type Options<C extends Context> = Chosen<Work<C>, SubjectOf<C>>;

export interface BenchContext {
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

export interface Opened<C extends Context> {
  readonly contexts: readonly C[];
  close(): Promise<void>;
}

export async function runBench<C extends Context>(bench: Bench<C>, args: readonly string[]): Promise<void> {
  const stop = new AbortController();
  /** However often: what is open is closed in order, once. */
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  try {
    const options = choose(args, bench);
    if (options.help) process.stdout.write(`${usageOf(bench)}\n`);
    else await measureAll(bench, options, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) process.exitCode = 130;
    else if (error instanceof HavocError) fail(error);
    else throw error;
  }
}

async function measureAll<C extends Context>(
  bench: Bench<C>,
  options: Options<C>,
  signal: AbortSignal,
): Promise<void> {
  bench.check(options);
  const opened = await bench.open(options, { signal, progress });
  try {
    const rows: Row<SubjectOf<C>>[] = [];
    for (const work of options.works) rows.push(...(await rowsOf(work, { bench, options, opened })));
    process.stdout.write(`\n${bench.report(rows, inkFor(process.stdout, process.env))}`);
    if (options.json !== undefined) writeResults(rows, options.json);
  } finally {
    await opened.close();
  }
}

interface Setting<C extends Context> {
  readonly bench: Bench<C>;
  readonly options: Options<C>;
  readonly opened: Opened<C>;
}

async function rowsOf<C extends Context>(
  work: Work<C>,
  { bench, options: { rounds }, opened: { contexts } }: Setting<C>,
): Promise<readonly Row<SubjectOf<C>>[]> {
  const settle = bench.settle?.bind(bench);
  const measurements = await measureRounds(work, {
    contexts,
    rounds,
    progress,
    ...(settle && { settle }),
  });
  return figuresOf(work).map((figure) => ({
    figure,
    result: resultOf(figure, measurements, bench.subjects),
    measurements,
  }));
}

function writeResults(rows: readonly Row<string>[], file: string): void {
  writeFileSync(
    file,
    `${JSON.stringify(
      rows.map(({ result }) => result),
      null,
      2,
    )}\n`,
  );
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail({ code, message }: HavocError): void {
  process.stderr.write(`${code}: ${message}\n`);
  process.exitCode = code === 'bench.usage' ? 2 : 1;
}
