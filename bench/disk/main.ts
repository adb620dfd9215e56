/** `npm run bench:disk`: fio, small files and pgbench, ours beside the bare directory and beside libfuse. */
import { writeFileSync } from 'node:fs';
import { inkFor } from '../../cli/terminal/ink.js';
import { HavocError } from '../../sidecar/havoc-error.js';
import { type Options, parseOptions, usage } from './options.js';
import { openPlaces } from './places.js';
import { resultOf } from './result.js';
import { measureRounds } from './rounds.js';
import { armedCost, type Row, table } from './table.js';
import { checkTools } from './tools.js';

const stop = new AbortController();
/** However often: what is open is closed in order, once. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

try {
  await bench(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (stop.signal.aborted) process.exitCode = 130;
  else if (error instanceof HavocError) fail(error);
  else throw error;
}

async function bench(options: Options): Promise<void> {
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  checkTools(options);
  const places = await openPlaces(options.subjects, options.directory);
  try {
    const rows: Row[] = [];
    for (const work of options.works) {
      const measurements = await measureRounds(work, {
        ...options,
        places: places.all,
        signal: stop.signal,
        progress,
      });
      rows.push({ work, result: resultOf(work, measurements) });
    }
    report(rows, options);
  } finally {
    await places.close();
  }
}

function report(rows: readonly Row[], { json }: Options): void {
  process.stdout.write(`\n${table(rows, inkFor(process.stdout, process.env))}\n`);
  const cost = armedCost(rows);
  if (cost !== null) {
    const told = `${(cost * 100).toFixed(1)}%`;
    process.stdout.write(
      `\n10 unmatched faults cost ${told} on average; goal < 5%: ${cost < 0.05 ? 'met' : 'NOT MET'}\n`,
    );
  }
  if (json !== undefined)
    writeFileSync(
      json,
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
  process.exitCode = code === 'E_USAGE' ? 2 : 1;
}
