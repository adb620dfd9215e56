/**
 * Runs files of tests and says how they went; the last line is `N passed, N failed`.
 *
 *     lane ─► node:test ─┐
 *     lane ─► node:test ─┴─► events ─┬─ spec ─► stdout
 *                                    ├─ FileTimes ─► the slowest files
 *                                    └─ Outcome ─► last line, exit code
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
import { FileTimes } from './file-times.js';
import { Outcome } from './outcome.js';
import { sideBySide } from './side-by-side.js';

export interface Lane {
  readonly files: readonly string[];
  /** How many run at once. */
  readonly concurrency: number;
  /** For each file. */
  readonly timeoutMs: number;
}

/** Lanes that play side by side. */
export type Batch = readonly Lane[];

/** One after another; what a batch needs can be made when its turn comes. */
export type Batches = Iterable<Batch> | AsyncIterable<Batch>;

/** What node:test itself says at the end of a batch. */
const summary = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

export interface RunOptions {
  /** A test that skips because the machine lacks something is a failure too. */
  readonly complete: boolean;
  /** Ends what runs. */
  readonly signal?: AbortSignal;
}

/** An exit code. */
export async function runFiles(batches: Batches, { complete, signal }: RunOptions): Promise<number> {
  const [outcome, times] = [new Outcome(), new FileTimes()];
  const noting = noted(events(batches, signal), [outcome, times]);
  await pipeline(Readable.from(noting), new spec(), process.stdout, { end: false });
  const slowest = times.lines(process.cwd());
  if (slowest.length > 0) console.log(['the slowest files:', ...slowest].join('\n  '));
  if (complete)
    for (const reason of outcome.lacking) console.log(`not run, and here everything must: ${reason}`);
  for (const failure of outcome.failures(process.cwd())) console.log(`failed: ${failure}`);
  console.log(outcome.line());
  return outcome.isGood(complete) ? 0 : 1;
}

async function* events(batches: Batches, signal: AbortSignal | undefined): AsyncGenerator<TestEvent> {
  for await (const lanes of batches) {
    const playing = lanes.flatMap(({ files, concurrency, timeoutMs }) => {
      const options = { files: [...files], concurrency, timeout: timeoutMs, ...(signal && { signal }) };
      return files.length === 0 ? [] : [run(options)];
    });
    yield* sideBySide(playing);
  }
}

async function* noted(
  all: AsyncIterable<TestEvent>,
  notes: readonly { note(event: TestEvent): void }[],
): AsyncGenerator<TestEvent> {
  for await (const event of all) {
    for (const one of notes) one.note(event);
    if (event.type !== 'test:diagnostic' || !summary.test(event.data.message)) yield event;
  }
}
