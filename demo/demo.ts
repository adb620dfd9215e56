/**
 * The demo: a real PostgreSQL on a disk that misbehaves, and the count of what it was trusted with.
 *
 *     annotations file ─► sidecar ─► mount ◄─ PostgreSQL ◄─ eight clients ─► transactions
 *            ▲                                                                    │
 *         timeline                                     chart, SVG, audit ◄────────┘
 */
import { acts, demoSeconds } from './acts.js';
import { type Audit, audit } from './audit.js';
import type { Chart } from './chart/chart.js';
import type { Closing } from './closing.js';
import { connect, readBack } from './database.js';
import { liveStatus } from './live-status.js';
import { play, told, until } from './play.js';
import { verdict } from './report.js';
import type { Screen } from './screen.js';
import { openTheatre, type Theatre } from './theatre.js';
import { startWorkload, type Workload } from './workload.js';

export interface Outcome {
  readonly chart: Chart;
  readonly audit: Audit;
  readonly recoveries: number;
}

export interface DemoOptions {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  readonly closing: Closing;
}

const statusEveryMs = 250;
const recoveryTimeoutMs = 60_000;

export async function demo({ screen, signal, closing }: DemoOptions): Promise<Outcome> {
  screen.say(screen.ink.dim('  mounting, initdb, filling a table larger than shared_buffers ...'));
  const say = (line: string): void => screen.say(`  ${screen.ink.dim(`PostgreSQL: ${line}`)}`);
  const theatre = await openTheatre({ closing, signal, say });
  screen.say(`  PostgreSQL ${theatre.version}, eight clients, ${demoSeconds} s\n`);
  const performed = perform(theatre, { screen, signal, closing });
  const { transactions, spans } = await Promise.race([performed, theatre.disk.failed]);
  screen.say(screen.ink.dim('\n  crashing PostgreSQL once more, and reading every row back ...'));
  await theatre.crash();
  const found = audit(transactions, await readAfterCrash(theatre, signal));
  const chart = {
    title: `PostgreSQL ${theatre.version} on a disk that misbehaves`,
    verdict: verdict(found),
    durationMs: demoSeconds * 1000,
    transactions,
    spans,
  };
  return { chart, audit: found, recoveries: theatre.log.recoveries };
}

async function perform(
  theatre: Theatre,
  options: DemoOptions,
): Promise<Pick<Chart, 'transactions' | 'spans'>> {
  const { screen, signal, closing } = options;
  const began = performance.now();
  const now = (): number => performance.now() - began;
  const workload = startWorkload({ sockets: theatre.sockets, now, signal });
  const ticker = showProgress(screen, workload, now);
  closing.add(() => clearInterval(ticker));
  const spans = await play(acts(theatre.tableFile), {
    disk: theatre.disk,
    now,
    signal,
    onBegin: (act) =>
      screen.say(`  ${clock(now())}  ${screen.ink.yellow(act.title.padEnd(11))} ${told(act)}`),
    onEnd: ({ proof }) => screen.say(`  ${clock(now())}  ${' '.repeat(11)} ${screen.ink.dim(proof)}`),
  });
  await until(demoSeconds, { now, signal });
  await workload.stop();
  clearInterval(ticker);
  return { spans, transactions: workload.transactions };
}

const showProgress = (screen: Screen, { transactions }: Workload, now: () => number): NodeJS.Timeout =>
  setInterval(() => screen.status(liveStatus(transactions, now(), demoSeconds)), statusEveryMs);

async function readAfterCrash({ sockets }: Theatre, signal: AbortSignal) {
  const connection = await connect(sockets, { timeoutMs: recoveryTimeoutMs, signal });
  try {
    return await readBack(connection);
  } finally {
    await connection.end();
  }
}

const clock = (ms: number): string => `${String(Math.round(ms / 1000)).padStart(2)} s`;
