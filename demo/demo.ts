/**
 * The demo: a real PostgreSQL on a disk that misbehaves, its replica behind a network that does, and the count of
 * what they were trusted with.
 *
 *     annotations file ─► sidecar ─┬─► mount ◄─ PostgreSQL ◄─ eight clients ─► transactions ─┐
 *            ▲                     │                 │                                       │
 *         timeline                 └─► port ◄──── replica ◄─ asked many times a second ─► lag ┤
 *                                                                                            │
 *                                                                 chart, SVG, audits ◄───────┘
 */
import { acts, demoSeconds } from './acts.js';
import { type Audit, audit } from './audit.js';
import type { Chart } from './chart/chart.js';
import type { Closing } from './closing.js';
import { type Address, connect, readBack } from './database.js';
import { liveStatus } from './live-status.js';
import { play, told, until } from './play.js';
import { watchLag } from './replica/lag-watch.js';
import { hasFollowed } from './replica/replication.js';
import { type Audits, verdict } from './report.js';
import type { Screen } from './screen.js';
import { openTheatre, type Theatre } from './theatre.js';
import { startWorkload, type Workload } from './workload.js';

export interface Outcome {
  readonly chart: Chart;
  readonly audits: Audits;
  readonly recoveries: number;
}

export interface DemoOptions {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  readonly closing: Closing;
}

type Performed = Pick<Chart, 'transactions' | 'spans' | 'lag'>;

const statusEveryMs = 250;
const recoveryTimeoutMs = 60_000;
const followTimeoutMs = 20_000;

export async function demo({ screen, signal, closing }: DemoOptions): Promise<Outcome> {
  screen.say(
    screen.ink.dim('  mounting, initdb, filling a table larger than shared_buffers, making a replica ...'),
  );
  const say = (line: string): void => screen.say(`  ${screen.ink.dim(`PostgreSQL: ${line}`)}`);
  const theatre = await openTheatre({ closing, signal, say });
  screen.say(`  PostgreSQL ${theatre.version} and a replica, eight clients, ${demoSeconds} s\n`);
  const performed = await Promise.race([
    perform(theatre, { screen, signal, closing }),
    theatre.injector.failed,
  ]);
  screen.say(
    screen.ink.dim("\n  crashing PostgreSQL once more, and reading every row back, the replica's too ..."),
  );
  await theatre.crash();
  const audits = await auditBoth(theatre, performed, signal);
  const chart = {
    title: `PostgreSQL ${theatre.version} on a disk and a network that misbehave`,
    verdict: verdict(audits),
    durationMs: demoSeconds * 1000,
    ...performed,
  };
  return { chart, audits, recoveries: theatre.log.recoveries };
}

async function perform(theatre: Theatre, { screen, signal, closing }: DemoOptions): Promise<Performed> {
  const { injector, pair } = theatre;
  const began = performance.now();
  const now = (): number => performance.now() - began;
  const workload = startWorkload({ address: pair.primary, now, signal });
  const watch = watchLag({ pair, now, signal });
  const ticker = showProgress(screen, workload, now);
  closing.add(() => clearInterval(ticker));
  const spans = await play(acts(theatre), {
    injector,
    lag: watch.samples,
    now,
    signal,
    onBegin: (act) =>
      screen.say(`  ${clock(now())}  ${screen.ink.yellow(act.title.padEnd(11))} ${told(act)}`),
    onEnd: ({ proof }) => screen.say(`  ${clock(now())}  ${' '.repeat(11)} ${screen.ink.dim(proof)}`),
  });
  await until(demoSeconds, { now, signal });
  await Promise.all([workload.stop(), watch.stop()]);
  clearInterval(ticker);
  return { spans, transactions: workload.transactions, lag: watch.samples };
}

const showProgress = (screen: Screen, { transactions }: Workload, now: () => number): NodeJS.Timeout =>
  setInterval(() => screen.status(liveStatus(transactions, now(), demoSeconds)), statusEveryMs);

/** A replica that is not level in time is read as it is: what it lacks is lost. */
async function auditBoth({ pair }: Theatre, performed: Performed, signal: AbortSignal): Promise<Audits> {
  const auditOf = async (address: Address): Promise<Audit> => {
    const connection = await connect(address, { timeoutMs: recoveryTimeoutMs, signal });
    return audit(performed.transactions, await readBack(connection).finally(() => connection.end()));
  };
  const primary = await auditOf(pair.primary);
  await hasFollowed(pair, { timeoutMs: followTimeoutMs, signal });
  return { primary, replica: await auditOf(pair.replica) };
}

const clock = (ms: number): string => `${String(Math.round(ms / 1000)).padStart(2)} s`;
