/**
 * The demo on a cluster: a real PostgreSQL and its replica in pods whose disk and network misbehave, clients that write all
 * the while, and what they were acknowledged read back from both.
 *
 *     steps ─ kubectl annotate ─► sidecar of pg-0        ledger ─► pg-0 ─► pg-1
 *     ledger, steps ─► events of a run ─► report, picture
 */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { showResult } from '../../cli/commands/ledger/show-result.js';
import { exitCode } from '../../cli/exit-code.js';
import type { Console } from '../../cli/terminal/console.js';
import { systemClock } from '../../core/clock.js';
import type { OwnLedgerSpec } from '../../experiment/file/ledger.js';
import { readBackLedger } from '../../experiment/ledger/read-back-ledger.js';
import type { LedgerResult } from '../../experiment/ledger/result.js';
import { KeptLedger } from '../../experiment/run/kept-ledger.js';
import { localSecret } from '../../experiment/secret.js';
import type { Closing } from '../closing.js';
import { Cluster } from '../cluster/cluster.js';
import { Kubectl } from '../cluster/kubectl.js';
import { crashPod } from './crash-pod.js';
import { type Databases, openDatabases } from './databases.js';
import { DemoEvents } from './demo-events.js';
import { primary } from './names.js';
import { annotating, PodSidecar } from './pod-sidecar.js';
import { refuseMistake } from './refuse-mistake.js';
import { untilLevel } from './replication.js';
import { faultName, makeOldRows, type Stage, type Step, steps } from './steps.js';
import { commandLine, TypedKubectl } from './typed-kubectl.js';

export interface DemoOptions {
  readonly clusterName: string;
  readonly quick: boolean;
  /** Where the picture goes. */
  readonly svg: string;
  readonly console: Console;
  readonly signal: AbortSignal;
  readonly closing: Closing;
}

const writers = 8;
const calmMs = 3000;
const titleColumns = 11;
/** Where it is said what happens in a step. */
const tellColumn = 20;
/**
 * Longer than a replica may ask at an address that a deleted pod had: 127 s by `tcp_syn_retries`. `connect_timeout`
 * is no bound there: libpq keeps to it in `PQconnectdb` only, and a WAL receiver connects by `PQconnectPoll`.
 */
const followMs = 180_000;

/** Its exit code: whether all that was acknowledged is there, on both. */
export async function playDemo(options: DemoOptions): Promise<number> {
  const { console, signal, closing, quick, clusterName, svg } = options;
  const cluster = Cluster.find(clusterName);
  if (cluster === null) throw new TypeError(`${clusterName} is not up`);
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-demo-'));
  closing.defer(() => rmSync(folder, { recursive: true, force: true }));
  const kubectl = new TypedKubectl(ownKubectl(cluster, folder), console.out);
  const databases = await openDatabases(kubectl, cluster);
  signal.throwIfAborted();
  await makeOldRows(kubectl);
  await refuseMistake(kubectl, primary);
  const stateDir = join(folder, 'ledger');
  const ledger = ledgerOf(databases, folder, stateDir);
  closing.defer(() => ledger.close());
  const events = new DemoEvents(ledger);
  closing.defer(() => events.close());
  await ledger.begin();
  console.out.line(`\n  PostgreSQL and a replica, eight clients\n`);
  const stage = { sidecar: new PodSidecar(kubectl.indented(tellColumn), primary), databases, signal };
  for (const step of steps.filter(({ isQuick }) => isQuick || !quick))
    await playStep(step, { stage, console, events });
  events.close();
  await ledger.close();
  console.out.line(
    console.out.ink.dim(
      "\n  crashing PostgreSQL once more, and reading every row back, the replica's too ...",
    ),
  );
  await crashPod(kubectl, primary);
  const isLevel = (await untilLevel(databases, followMs)) !== null;
  const found = await readBackBoth(databases, stateDir);
  writeFileSync(svg, events.picture());
  return show(found, { isLevel, svg, console });
}

interface Playing {
  readonly stage: Stage;
  readonly console: Console;
  readonly events: DemoEvents;
}

async function playStep(step: Step, { stage, console: { out }, events }: Playing): Promise<void> {
  const { signal } = stage;
  await wait(calmMs, undefined, { signal });
  const { title, sentence } = step;
  const says = sentence === null ? '' : `$ ${commandLine(annotating(primary, faultName(step), sentence))}`;
  out.line(`  ${events.clock()}  ${out.ink.yellow(title.padEnd(titleColumns))} ${says}`.trimEnd());
  events.begin(faultName(step), sentence);
  const proof = await step.play(stage);
  events.end(faultName(step), proof);
  out.line(`  ${events.clock()}  ${' '.repeat(titleColumns)} ${out.ink.dim(proof)}`);
}

/** With a kubeconfig of its own: the demo changes its namespace, as a person does. */
function ownKubectl({ kubeconfig }: Cluster, folder: string): Kubectl {
  const own = join(folder, 'kubeconfig');
  copyFileSync(kubeconfig, own);
  return new Kubectl(own);
}

function ledgerOf({ url, password }: Databases, folder: string, stateDir: string): KeptLedger {
  const file = join(folder, 'password');
  writeFileSync(file, password, { mode: 0o600 });
  const spec: OwnLedgerSpec = {
    ...{ kind: 'postgres', url: url.primary, passwordFrom: { file }, readBackFrom: [] },
    ...{ writers, readers: 1, operationTimeoutMs: 10_000, crashBeforeReadBack: false },
  };
  return new KeptLedger(spec, { stateDir, clock: systemClock, secret: localSecret });
}

interface Found {
  readonly on: keyof Databases['url'];
  readonly result: LedgerResult;
}

async function readBackBoth({ url, password }: Databases, stateDir: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const on of ['primary', 'replica'] as const) {
    const target = { kind: 'postgres', url: url[on], password } as const;
    found.push({ on, result: await readBackLedger({ stateDir, readBackFrom: [target] }, systemClock) });
  }
  return found;
}

interface Showing {
  /** Had the replica all that was written, before it was read? */
  readonly isLevel: boolean;
  readonly svg: string;
  readonly console: Console;
}

function show(found: readonly Found[], { isLevel, svg, console }: Showing): number {
  const { out } = console;
  for (const { on, result } of found) {
    out.line(`\n  On the ${on}:`);
    showResult(result, console);
  }
  const isWhole = isLevel && found.every(({ result: { data } }) => data === 'Intact');
  const lacking = isLevel
    ? 'ACKNOWLEDGED DATA IS GONE, OR ALTERED.'
    : 'THE REPLICA DID NOT CATCH UP IN TIME, AND WAS READ AS IT IS.';
  out.line(out.ink.bold(`\n${isWhole ? 'Nothing that was acknowledged is gone.' : lacking}`));
  out.line(`  The run as a picture: ${svg}`);
  return isWhole ? exitCode.done : exitCode.failed;
}
