/**
 * `npm test`: all but the scenes on a cluster, which have a command of their own.
 *
 *     sources ─ testFiles ─► together | alone ─► runFiles
 *
 * Arguments choose files by the start of their path: `npm test -- test/faults test/cli`.
 * With `--complete`, a test that skips because the machine lacks something is a failure too.
 */
import { readFileSync } from 'node:fs';
import { type ClusterProgram, clusterPrograms } from '../test/cluster/binaries.js';
import { buildBinaries } from '../test/cluster/build-binaries.js';
import { runFiles } from './run-files.js';
import { type TestFiles, testFiles } from './test-files.js';

const cores = 2;
const timeoutMs = 300_000;

async function main(args: readonly string[]): Promise<void> {
  const files = testFiles(args.filter((argument) => !argument.startsWith('--')));
  await buildBinaries(neededPrograms(files), (line) => console.log(line));
  const lots = [
    { files: files.together, concurrency: cores, timeoutMs },
    { files: files.alone, concurrency: 1, timeoutMs },
  ];
  process.exit(await runFiles(lots, { complete: args.includes('--complete') }));
}

/** As the tests say themselves, in `needs(...)`: nobody waits for Kubernetes who tests a sentence. */
function neededPrograms({ together, alone }: TestFiles): ReadonlySet<ClusterProgram> {
  const needs = [...together, ...alone]
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bneeds\(([^)]*)\)/g)])
    .map(([, parts = '']) => parts);
  return new Set(clusterPrograms.filter((program) => needs.some((parts) => parts.includes(`'${program}'`))));
}

await main(process.argv.slice(2));
