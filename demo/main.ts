/** `npm run demo`: two minutes, one picture, and an exit code that says whether acknowledged data is gone. */
import { writeFileSync } from 'node:fs';
import { inkFor } from '../cli/terminal/ink.js';
import { HavocError } from '../sidecar/havoc-error.js';
import { isWhole } from './audit.js';
import { svgChart } from './chart/svg-chart.js';
import { terminalChart } from './chart/terminal-chart.js';
import { demo, type Outcome } from './demo.js';
import { reportLines } from './report.js';
import { type Screen, screenOn } from './screen.js';
import { stoppable } from './stoppable.js';

const svgFile = 'havock8s-demo.svg';

const stop = new AbortController();
/** However often: what is open is closed in order, once. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

const screen = screenOn(process.stdout, inkFor(process.stdout, process.env));
try {
  screen.say(screen.ink.bold('havock8s: a real PostgreSQL on a disk that misbehaves'));
  const { signal } = stop;
  show(await stoppable(signal, (closing) => demo({ screen, signal, closing })), screen);
} catch (error) {
  if (stop.signal.aborted) process.exitCode = 130;
  else if (error instanceof HavocError) fail(error);
  else throw error;
}

function show({ chart, audit, recoveries }: Outcome, { ink, width, say }: Screen): void {
  say(`\n${terminalChart(chart, { width, ink })}\n`);
  for (const line of reportLines(audit, { recoveries }, ink)) say(line);
  writeFileSync(svgFile, svgChart(chart));
  say(`\n  The same as a picture: ${svgFile}`);
  process.exitCode = isWhole(audit) ? 0 : 1;
}

function fail({ code, message }: HavocError): void {
  process.stderr.write(`${code}: ${message}\n`);
  process.exitCode = 1;
}
