/**
 * A run in a cluster, which its controller carries out: made, followed to its verdict, and stopped where that is asked for.
 *
 *     file ─► Experiment ─► followed ─► verdict, reports
 *                 ▲ first Ctrl-C, --timeout: spec.stop     second Ctrl-C: it is left to its controller
 */
import { constants } from 'node:os';
import { systemClock } from '../../../core/clock.js';
import { HavocError, messageOf } from '../../../core/havoc-error.js';
import { sleep } from '../../../core/sleep.js';
import { type Plan, planOf } from '../../../experiment/engine/plan.js';
import { journalName } from '../../../experiment/journal/packed.js';
import type { Journal } from '../../../experiment/journal/read-journal.js';
import { type Judgement, verdictExitCode } from '../../../experiment/verdict.js';
import { writeDuration } from '../../../faults/values/duration.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import type { NamespaceFlags } from '../../cluster/cluster-flags.js';
import { clusterLimits } from '../../cluster/cluster-limits.js';
import { createRun, generatedName, runObject } from '../../cluster/experiments/create-run.js';
import { journalPath, runTarget } from '../../cluster/experiments/find-run.js';
import { type FollowEnd, followRun, noController } from '../../cluster/experiments/follow-run.js';
import { type Cluster, openCluster } from '../../cluster/open-cluster.js';
import { stopExperiment } from '../../cluster/stop/stop-runs.js';
import { exitCode } from '../../exit-code.js';
import { reportFailure } from '../../report-failure.js';
import { type Console, printJson } from '../../terminal/console.js';
import { panelOn } from '../../terminal/panel.js';
import { SignalInbox } from '../local/signal-inbox.js';
import { writeTo } from '../report/journal-file.js';
import { checkPlaces, type ReportFlags, writeReports } from '../report/report-files.js';
import { checkTargets, type ExperimentFile, placedBy } from './experiment-files.js';
import { introduce } from './introduce.js';
import { liveOn, type RunConsole } from './live.js';
import { tellVerdict } from './tell-verdict.js';

export interface ClusterRunFlags extends NamespaceFlags, ReportFlags {
  readonly journal?: string;
  readonly generateName?: boolean;
  readonly wait?: boolean;
}

export interface ClusterRun {
  readonly file: ExperimentFile;
  /** Null: as long as its own limits let it go on, and 10 min. */
  readonly timeoutMs: number | null;
}

/** Resolves with the exit code. Throws `BadInput` where nothing was made. */
export async function runInCluster(
  { file, timeoutMs }: ClusterRun,
  flags: ClusterRunFlags,
  console: Console,
): Promise<number> {
  const { experiment, text } = file;
  checkTargets(file);
  checkPlaces(flags);
  const placed = placedBy(file, flags);
  try {
    const cluster = await openCluster(placed);
    const plan = planOf(experiment);
    const name = flags.generateName === true ? generatedName(plan.name) : plan.name;
    const object = runObject({ text, name, namespace: cluster.namespace });
    if (!console.json) introduce(experiment, file.name, console.err);
    const run = await createRun(cluster, object);
    const { namespace } = cluster;
    console.err.line(`experiment ${name} is created in namespace ${namespace}`);
    if (flags.wait === false) {
      if (console.json) printJson(console.out, { experiment: name, namespace });
      else console.out.line(howToLook(name, namespace));
      return exitCode.done;
    }
    const following = { cluster, run, plan, timeoutMs: timeoutMs ?? longest(plan) };
    const { end, signal } = await followed(following, { ...console, err: panelOn(console.err) });
    return await ended(end, { ...following, flags, console, signal });
  } catch (error) {
    if (!(error instanceof HavocError)) throw error;
    reportFailure(error, console);
    return verdictExitCode('Error');
  }
}

const howToLook = (name: string, namespace: string): string =>
  `to see how it is: havock8s status ${name} -n ${namespace}
what it came to:  havock8s report ${name} -n ${namespace}
to stop it:       havock8s stop ${name} --reason TEXT -n ${namespace}`;

const longest = ({ settleMs, timeLimitMs, recoveryObjectiveMs, finally: last }: Plan): number =>
  settleMs + timeLimitMs + recoveryObjectiveMs + last.timeLimitMs + clusterLimits.overdueMs;

interface Following {
  readonly cluster: Cluster;
  readonly run: KubeObject;
  readonly plan: Plan;
  readonly timeoutMs: number;
}

interface Followed {
  readonly end: FollowEnd;
  /** What a person asked with to leave it; null: nobody did. */
  readonly signal: NodeJS.Signals | null;
}

async function followed(
  { cluster, run, plan, timeoutMs }: Following,
  console: RunConsole,
): Promise<Followed> {
  const clock = systemClock;
  const leaving = new AbortController();
  const { name } = run.metadata;
  let stopping: Promise<void> | null = null;
  let left: NodeJS.Signals | null = null;
  const stop = (reason: string, words: string): void => {
    console.err.line(`${reason}: ${words}`);
    stopping ??= stopExperiment(cluster.api, runTarget(cluster.namespace, name), reason).then(
      () => {},
      (error) => console.err.line(`it could not be told to stop: ${messageOf(error)}`),
    );
    void sleep(clusterLimits.stoppingMs, { clock, signal: leaving.signal }).then(() => leaving.abort());
  };
  const inbox = new SignalInbox((signal) => {
    if (stopping === null)
      return stop(
        `${signal} to havock8s run`,
        'it is told to stop, and waited for until all is off; once more leaves it to its controller',
      );
    left = signal;
    leaving.abort();
  });
  void sleep(timeoutMs, { clock, signal: leaving.signal }).then(() => {
    if (!leaving.signal.aborted && stopping === null)
      stop(`it was not over after ${writeDuration(timeoutMs)}`, 'it is told to stop, and waited for');
  });
  const live = liveOn(console, plan);
  const trouble = changes((message) => console.err.line(message));
  try {
    const end = await followRun({
      ...{ runs: cluster, run, clock, signal: leaving.signal, onTrouble: trouble },
      onEvent: (event) => live.note(event),
    });
    await stopping;
    return { end, signal: left };
  } finally {
    leaving.abort();
    live.close();
    inbox.close();
  }
}

/** What is said once more is not told once more. */
function changes(tell: (message: string) => void): (message: string) => void {
  let last = '';
  return (message) => {
    if (message !== last) tell(message);
    last = message;
  };
}

interface Ending extends Following, Pick<Followed, 'signal'> {
  readonly flags: ClusterRunFlags;
  readonly console: Console;
}

async function ended(end: FollowEnd, ending: Ending): Promise<number> {
  const { cluster, run, console, signal } = ending;
  const { namespace } = cluster;
  const { name } = run.metadata;
  switch (end.kind) {
    case 'over':
      return told(end.judgement, end.journal, ending);
    case 'gone':
      return told(deleted, end.journal, ending);
    case 'waiting':
      await cluster.api.remove(runTarget(namespace, name), { uid: run.metadata.uid ?? '' });
      throw noController(name);
    default:
      if (console.json) printJson(console.out, { experiment: name, namespace, verdict: null });
      console.err.line(`it goes on, carried out by its controller
${howToLook(name, namespace)}`);
      return signal === null ? exitCode.unknown : exitCode.signalled + constants.signals[signal];
  }
}

const deleted: Judgement = {
  ...{ verdict: 'Aborted', data: 'Unknown', deviated: false, reason: 'Deleted' },
  message: 'the experiment was deleted before its verdict; its faults went off with it',
};

async function told(
  judgement: Judgement,
  journal: Journal | null,
  { cluster: { namespace }, run, flags, console }: Ending,
): Promise<number> {
  const experiment = run.metadata.name;
  const path = journalPath(namespace, experiment);
  if (journal !== null && flags.journal !== undefined)
    writeTo(flags.journal, journal.events.map((event) => `${JSON.stringify(event)}\n`).join(''), '--journal');
  const reports =
    journal === null
      ? { report: null, junit: null }
      : await writeReports(flags, { read: async () => journal, path: flags.journal ?? path, console });
  const where = flags.journal ?? `configmap/${journalName(experiment)}`;
  tellVerdict(judgement, { experiment, namespace, journal: where, ...reports }, console);
  return verdictExitCode(judgement.verdict);
}
