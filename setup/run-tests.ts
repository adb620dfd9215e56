/**
 * Runs the tests and says how they went; the last line is `N passed, N failed`.
 *
 *     sources ─ testFiles ─► together | alone ─ node:test ─► events ─┬─ spec ─► stdout
 *                                                                  └─ Outcome ─► last line, exit code
 *
 * Arguments choose files by the start of their path: `npm test -- test/faults test/cli`.
 * With `--complete`, a test that skips because the machine lacks something is a failure too.
 */
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
import { type ClusterProgram, clusterPrograms } from '../test/cluster/binaries.js';
import { buildBinaries } from '../test/cluster/build-binaries.js';
import { Outcome } from './outcome.js';
import { type TestFiles, testFiles } from './test-files.js';

const cores = 2;
const fileTimeoutMs = 300_000;
/** What node:test itself says at the end of a lot. */
const summary = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

async function main(args: readonly string[]): Promise<void> {
  const complete = args.includes('--complete');
  const files = testFiles(args.filter((argument) => !argument.startsWith('--')));
  const outcome = new Outcome();
  await buildBinaries(neededPrograms(files), (line) => console.log(line));
  await pipeline(Readable.from(events(files, outcome)), new spec(), process.stdout, { end: false });
  if (complete)
    for (const reason of outcome.lacking) console.log(`not run, and here everything must: ${reason}`);
  console.log(outcome.line());
  process.exit(outcome.isGood(complete) ? 0 : 1);
}

/** As the tests say themselves, in `needs(...)`: nobody waits for Kubernetes who tests a sentence. */
function neededPrograms({ together, alone }: TestFiles): ReadonlySet<ClusterProgram> {
  const needs = [...together, ...alone]
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bneeds\(([^)]*)\)/g)])
    .map(([, parts = '']) => parts);
  return new Set(clusterPrograms.filter((program) => needs.some((parts) => parts.includes(`'${program}'`))));
}

async function* events(files: TestFiles, outcome: Outcome): AsyncGenerator<TestEvent> {
  yield* lot(files.together, cores, outcome);
  yield* lot(files.alone, 1, outcome);
}

async function* lot(
  files: readonly string[],
  concurrency: number,
  outcome: Outcome,
): AsyncGenerator<TestEvent> {
  if (files.length === 0) return;
  const stream: AsyncIterable<TestEvent> = run({ files, concurrency, timeout: fileTimeoutMs });
  for await (const event of stream) {
    outcome.note(event);
    if (event.type !== 'test:diagnostic' || !summary.test(event.data.message)) yield event;
  }
}

await main(process.argv.slice(2));
