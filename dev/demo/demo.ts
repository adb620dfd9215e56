/**
 * The demo: a real PostgreSQL on a disk that misbehaves, its replica behind a network that does, and the count of
 * what they were trusted with.
 *
 *     annotations ─► sidecar ─┬─► mount ◄─ PostgreSQL ◄─ eight clients ─► transactions ─┐
 *          ▲                  │                 │                                       │
 *       timeline              └─► port ◄──── replica ◄─ asked many times a second ─► lag ┤
 *                                                                                       │
 *                                                            chart, SVG, audits ◄───────┘
 */
import type { Action } from './action.js';
import { type Audit, audit } from './audit.js';
import type { Chart, Span } from './chart/chart.js';
import { type Address, connect, readBack } from './database.js';
import type { Environment, EnvironmentOptions } from './environment.js';
import { showLiveChart } from './live-chart.js';
import { play, until } from './play.js';
import { watchLag } from './replica/lag-watch.js';
import { hasFollowed } from './replica/replication.js';
import { type Audits, verdict } from './report.js';
import { startWorkload } from './workload.js';

export interface Outcome {
  readonly chart: Chart;
  readonly audits: Audits;
  readonly recoveries: number;
}

type Performed = Pick<Chart, 'transactions' | 'spans' | 'lag' | 'durationMs'>;

const calmS = 3;
const recoveryTimeoutMs = 120_000;
/**
 * Longer than a replica may ask at an address that a deleted pod had: 127 s by `tcp_syn_retries`. `connect_timeout`
 * is no bound there: libpq keeps to it in `PQconnectdb` only, and a WAL receiver connects by `PQconnectPoll`.
 */
const followTimeoutMs = 180_000;

export async function demo(environment: Environment, options: EnvironmentOptions): Promise<Outcome> {
  const { screen, signal } = options;
  const { version, seconds, subject } = environment;
  screen.say(`  PostgreSQL ${version} and a replica, eight clients, ${seconds} s\n`);
  const performed = await Promise.race([perform(environment, options), environment.injector.failed]);
  screen.say(
    screen.ink.dim("\n  crashing PostgreSQL once more, and reading every row back, the replica's too ..."),
  );
  await environment.crash();
  const audits = await auditBoth(environment, performed, signal);
  const chart = { title: `PostgreSQL ${version} ${subject}`, verdict: verdict(audits), ...performed };
  return { chart, audits, recoveries: environment.log.recoveries };
}

async function perform(
  environment: Environment,
  { screen, signal, closing }: EnvironmentOptions,
): Promise<Performed> {
  const { injector, pair, actions, seconds } = environment;
  const began = performance.now();
  const now = (): number => performance.now() - began;
  const { transactions, stop } = startWorkload({ address: pair.primary, now, signal });
  const watch = watchLag({ pair, now, signal });
  const spans: Span[] = [];
  let open: Pick<Span, 'title' | 'fromMs'> | null = null;
  const running = () => ({ transactions, lag: watch.samples, spans, open });
  const live = showLiveChart({ screen, running, now, seconds });
  closing.defer(() => live.close());
  const onBegin = (action: Action): void => {
    open = { title: action.title, fromMs: now() };
    screen.say(
      `  ${clock(now())}  ${screen.ink.yellow(action.title.padEnd(11))} ${environment.tell(action)}`,
    );
  };
  const onEnd = (span: Span): void => {
    open = null;
    spans.push(span);
    screen.say(`  ${clock(now())}  ${' '.repeat(11)} ${screen.ink.dim(span.proof)}`);
  };
  await play(actions, { injector, lag: watch.samples, now, signal, onBegin, onEnd });
  await until(Math.max(seconds, now() / 1000 + calmS), { now, signal });
  const durationMs = now();
  await Promise.all([stop(), watch.stop()]);
  live.close();
  return { spans, transactions, lag: watch.samples, durationMs };
}

/** A replica that is not level in time is read as it is: what it lacks is lost. */
async function auditBoth({ pair }: Environment, performed: Performed, signal: AbortSignal): Promise<Audits> {
  const auditOf = async (address: Address): Promise<Audit> => {
    const connection = await connect(address, { timeoutMs: recoveryTimeoutMs, signal });
    return audit(performed.transactions, await readBack(connection).finally(() => connection.end()));
  };
  const primary = await auditOf(pair.primary);
  const isLevel = await hasFollowed(pair, { timeoutMs: followTimeoutMs, signal });
  return { primary, replica: await auditOf(pair.replica), isLevel };
}

const clock = (ms: number): string => `${String(Math.round(ms / 1000)).padStart(2)} s`;
