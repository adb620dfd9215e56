/**
 * `npm test`: all that takes a moment and needs no Kubernetes. The rest is `npm run test:e2e`.
 *
 *     sources ─ testFiles ─► together ─ grouped ─► runFiles
 *
 * Arguments choose files by the start of their path: `npm test -- test/faults test/cli`.
 * With `--complete`, a test that skips because the machine lacks something is a failure too.
 */
import { parseArgs } from 'node:util';
import { shippedPrograms } from '../cluster/kubectl-and-helm.js';
import { leaveAuthoritiesToNpm } from '../image/authorities.js';
import { bringPrograms } from './bring-programs.js';
import { buildProduct } from './build-product.js';
import { runFiles } from './run-files.js';
import { testFiles } from './test-files.js';
import { grouped } from './test-groups.js';

/** For two cores: half of the time a file waits for something. */
const filesAtOnce = 4;
const timeoutMs = 300_000;

async function main(args: readonly string[]): Promise<void> {
  const options = { complete: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const { together, ...rest } = testFiles(positionals);
  const elsewhere = Object.values(rest).flat().length;
  if (positionals.length > 0 && elsewhere > 0)
    console.log(
      `not run, being end-to-end: ${elsewhere} files. npm run test:e2e -- ${positionals.join(' ')}`,
    );
  await buildProduct();
  await bringPrograms(together, shippedPrograms);
  leaveAuthoritiesToNpm(process.env);
  const files = grouped(together);
  process.exit(await runFiles([[{ files, concurrency: filesAtOnce, timeoutMs }]], values));
}

await main(process.argv.slice(2));
