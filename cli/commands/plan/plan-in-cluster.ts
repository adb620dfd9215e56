/**
 * A dry run: made under a name of its own, carried out by the controller, which touches nothing, told, and deleted.
 *
 *     file ─► Experiment with dryRun ─► journal ─► what it would do ─► deleted
 */
import { constants } from 'node:os';
import { systemClock } from '../../../core/clock.js';
import { HavocError, hasCode, messageOf } from '../../../core/havoc-error.js';
import { isObject, valueAt } from '../../../core/json.js';
import { sleep } from '../../../core/sleep.js';
import { planOf } from '../../../experiment/engine/plan.js';
import type { Journal } from '../../../experiment/journal/read-journal.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import type { NamespaceFlags } from '../../cluster/cluster-flags.js';
import { clusterLimits } from '../../cluster/cluster-limits.js';
import { createRun, generatedName, runObject } from '../../cluster/experiments/create-run.js';
import { type Runs, runTarget } from '../../cluster/experiments/find-run.js';
import { followRun, noController } from '../../cluster/experiments/follow-run.js';
import { openCluster } from '../../cluster/open-cluster.js';
import { exitCode } from '../../exit-code.js';
import { reportFailure } from '../../report-failure.js';
import { type Console, printJson } from '../../terminal/console.js';
import { SignalInbox } from '../local/signal-inbox.js';
import { checkTargets, type ExperimentFile, placedBy } from '../run/experiment-files.js';
import { type Containers, planLines } from './plan-lines.js';
import { type PlannedRun, plannedRun } from './planned-run.js';

/** Resolves with the exit code. Throws `BadInput` where nothing was made. */
export async function planInCluster(
  file: ExperimentFile,
  flags: NamespaceFlags,
  console: Console,
): Promise<number> {
  checkTargets(file);
  const placed = placedBy(file, flags);
  let signal: NodeJS.Signals | null = null;
  const leaving = new AbortController();
  const inbox = new SignalInbox((asked) => {
    signal = asked;
    leaving.abort();
  });
  try {
    const cluster = await openCluster(placed);
    const plan = planOf(file.experiment);
    const journal = await dryRun(file, { cluster, plan, leaving, console });
    if (journal === null && signal !== null) return exitCode.signalled + constants.signals[signal];
    const run = plannedRun(plan, journal?.events ?? []);
    if (run === null) throw notSaid(plan.name);
    await tell(run, { cluster, file, console });
    return run.couldStart ? exitCode.done : exitCode.failed;
  } catch (error) {
    if (!(error instanceof HavocError)) throw error;
    reportFailure(error, console);
    return exitCode.unknown;
  } finally {
    leaving.abort();
    inbox.close();
  }
}

const notSaid = (name: string): HavocError =>
  new HavocError(
    'experiment.no-answer',
    `the controller did not say within ${clusterLimits.dryRunMs / 1000} s what ${name} would do; expected a dry run to end at once: see the controller's log`,
  );

interface DryRun {
  readonly cluster: Runs;
  readonly plan: { readonly name: string };
  readonly leaving: AbortController;
  readonly console: Console;
}

/** Null: it was left, or nobody said anything in time. */
async function dryRun(
  { text }: ExperimentFile,
  { cluster, plan, leaving, console }: DryRun,
): Promise<Journal | null> {
  const { namespace } = cluster;
  const name = generatedName(plan.name);
  const run = await createRun(cluster, runObject({ text, name, namespace, dryRun: true }));
  const target = runTarget(namespace, name);
  const { signal } = leaving;
  void sleep(clusterLimits.dryRunMs, { clock: systemClock, signal }).then(() => leaving.abort());
  try {
    const end = await followRun({
      ...{ runs: cluster, run, clock: systemClock, signal, onEvent: () => {} },
      onTrouble: (message) => console.err.line(message),
    });
    if (end.kind === 'waiting') throw noController(name);
    return end.kind === 'left' ? null : end.journal;
  } finally {
    await cluster.api.remove(target, { uid: run.metadata.uid ?? '' }).catch((error) => {
      const way = `kubectl delete experiment ${name} -n ${namespace}`;
      console.err.line(`the dry run ${name} could not be deleted (${messageOf(error)}); do: ${way}`);
    });
  }
}

interface Telling {
  readonly cluster: Runs;
  readonly file: ExperimentFile;
  readonly console: Console;
}

async function tell(
  run: PlannedRun,
  { cluster, file: { experiment }, console: { json, out } }: Telling,
): Promise<void> {
  const containers = await containersOf(cluster, run);
  if (!json) {
    for (const line of planLines(run, containers, out)) out.line(line);
    return;
  }
  const targets = Object.entries(run.targets).map(([name, places]) => ({
    name,
    pods: places.map((place) => ({ ...place, containers: containers?.get(place.uid) ?? null })),
  }));
  printJson(out, {
    ...{ experiment: experiment.metadata.name, namespace: cluster.namespace },
    ...{ ...run, targets },
  });
}

/** Null where pods may not be read. */
async function containersOf({ api, namespace }: Runs, { targets }: PlannedRun): Promise<Containers> {
  const wanted = new Set(
    Object.values(targets)
      .flat()
      .map(({ uid }) => uid),
  );
  const found = new Map<string, readonly string[]>();
  if (wanted.size === 0) return found;
  try {
    await api.listEach({ resource: resources.pods, namespace }, (pod) => {
      const { uid = '' } = pod.metadata;
      if (wanted.has(uid)) found.set(uid, namesOfContainers(pod));
    });
  } catch (error) {
    if (!hasCode(error, 'kube.forbidden')) throw error;
    return null;
  }
  return found;
}

function namesOfContainers(pod: KubeObject): readonly string[] {
  const containers = valueAt(pod, ['spec', 'containers']);
  if (!Array.isArray(containers)) return [];
  return containers.flatMap((one) => (isObject(one) && typeof one['name'] === 'string' ? [one['name']] : []));
}
