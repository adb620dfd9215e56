/** A demo from its first line to its picture. Its exit code says whether acknowledged data is gone. */
import { writeFileSync } from 'node:fs';
import { SignalInbox } from '../../cli/commands/local/signal-inbox.js';
import { exitCode } from '../../cli/exit-code.js';
import { inkFor } from '../../cli/terminal/ink.js';
import { Closing } from '../closing.js';
import { runChart } from './chart/run-chart.js';
import { terminalChart } from './chart/terminal-chart.js';
import { demo, type Outcome } from './demo.js';
import type { Environment, EnvironmentOptions } from './environment.js';
import { areWhole, reportLines } from './report.js';
import { type Screen, screenOn } from './screen.js';

export interface DemoPlan {
  readonly heading: string;
  /** What opening the environment takes, in words. */
  readonly preparing: string;
  readonly open: (options: EnvironmentOptions) => Promise<Environment>;
  /** Written at the end, where the user is. */
  readonly svgFile: string;
}

const interrupted = exitCode.signalled + 2;

export async function runDemo({ heading, preparing, open, svgFile }: DemoPlan): Promise<number> {
  const screen = screenOn(process.stdout, inkFor(process.stdout, process.env));
  const stop = new AbortController();
  const inbox = new SignalInbox(() => stop.abort());
  const { signal } = stop;
  await using closing = new Closing();
  closing.defer(() => inbox.close());
  screen.say(screen.ink.bold(heading));
  screen.say(screen.ink.dim(`  ${preparing} ...`));
  try {
    const options = { screen, signal, closing };
    return show(screen, await demo(await open(options), options), svgFile);
  } catch (error) {
    if (signal.aborted) return interrupted;
    throw error;
  } finally {
    stop.abort();
  }
}

function show(screen: Screen, { chart, audits, recoveries }: Outcome, svgFile: string): number {
  const { ink, width, say } = screen;
  say(`\n${terminalChart(chart, { width, ink })}\n`);
  for (const line of reportLines(audits, { recoveries }, ink)) say(line);
  writeFileSync(svgFile, runChart(chart));
  say(`\n  The same as a picture: ${svgFile}`);
  return areWhole(audits) ? exitCode.done : exitCode.failed;
}
