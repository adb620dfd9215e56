/** `npm run demo`: under two minutes, one picture, and an exit code that says whether acknowledged data is gone. */
import { writeFileSync } from 'node:fs';
import { exitCode } from '../cli/exit-code.js';
import { mayMount } from '../cli/local/capabilities.js';
import { checkFuse } from '../cli/local/check-fuse.js';
import { checkNamespace, isInNamespace, runInNamespace } from '../cli/local/namespace.js';
import { SignalInbox } from '../cli/local/signal-inbox.js';
import { inkFor } from '../cli/terminal/ink.js';
import { HavocError } from '../sidecar/havoc-error.js';
import { svgChart } from './chart/svg-chart.js';
import { terminalChart } from './chart/terminal-chart.js';
import { Closing } from './closing.js';
import { demo, type Outcome } from './demo.js';
import { areWhole, reportLines } from './report.js';
import { screenOn } from './screen.js';

const svgFile = 'havock8s-demo.svg';
const interrupted = exitCode.signalled + 2;

const screen = screenOn(process.stdout, inkFor(process.stdout, process.env));

/** Without root, in a namespace in which this user may mount. */
async function main(): Promise<number> {
  checkFuse();
  if (mayMount() || isInNamespace(process.env)) return perform();
  checkNamespace();
  return runInNamespace(process.argv.slice(1), process.env);
}

async function perform(): Promise<number> {
  const stop = new AbortController();
  const inbox = new SignalInbox(() => stop.abort());
  const { signal } = stop;
  const closing = new Closing();
  screen.say(
    screen.ink.bold('havock8s: a real PostgreSQL and its replica, on a disk and a network that misbehave'),
  );
  try {
    return show(await demo({ screen, signal, closing }));
  } catch (error) {
    if (signal.aborted) return interrupted;
    throw error;
  } finally {
    stop.abort();
    await closing.close();
    inbox.close();
  }
}

function show({ chart, audits, recoveries }: Outcome): number {
  const { ink, width, say } = screen;
  say(`\n${terminalChart(chart, { width, ink })}\n`);
  for (const line of reportLines(audits, { recoveries }, ink)) say(line);
  writeFileSync(svgFile, svgChart(chart));
  say(`\n  The same as a picture: ${svgFile}`);
  return areWhole(audits) ? exitCode.done : exitCode.failed;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof HavocError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = exitCode.failed;
}
