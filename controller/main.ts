/**
 * The controller of a cluster, from its start to its end. Loaded only where it runs: what talks to an API server is large.
 *
 *     experiments watched ─┐
 *     pods, by namespace ──┴─► runs ◄─ leads ─ lease        metrics, readyz, livez
 *                                ▲ SIGTERM: leads no more; the next replica goes on at each journal
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import type { Registry } from 'prom-client';
import { type Clock, systemClock } from '../core/clock.js';
import { takesSignals } from '../core/first-process.js';
import { HavocError, hasCode } from '../core/havoc-error.js';
import { programVersion } from '../core/program-version.js';
import type { JournalEvent } from '../experiment/journal/events.js';
import { ClusterView } from '../experiment/worlds/kubernetes/cluster-view.js';
import { secretsOf } from '../experiment/worlds/kubernetes/secrets.js';
import { sidecarReader } from '../experiment/worlds/kubernetes/sidecar-reader.js';
import { connect } from '../kube/connect.js';
import { stopText } from '../kube/emergency-stop.js';
import type { KubeApi } from '../kube/kube-api.js';
import type { KubeObject } from '../kube/kube-object.js';
import { Leadership } from '../kube/leadership.js';
import { resources } from '../kube/resources.js';
import { WatchCache } from '../kube/watch-cache.js';
import { watchStops } from '../webhook/context/watched.js';
import { listenPlainly } from '../webhook/server/listen.js';
import { createProbes } from '../webhook/server/probes.js';
import { surviveRejections } from '../webhook/survive-rejections.js';
import type { ControllerOptions } from './controller-options.js';
import type { ExperimentObject } from './experiment-object.js';
import { ledgerOfRun } from './ledger-of-run.js';
import { type ControllerMetrics, createMetrics } from './metrics.js';
import { NodeSweeper } from './node-sweeper.js';
import { RunClaims } from './run-claims.js';
import { eventOf } from './run-events.js';
import { Runs } from './runs.js';
import type { ScheduleObject } from './schedule-object.js';
import { Schedules } from './schedules.js';

/** Resolves once it has ended as asked; rejects with HavocError. */
export async function runController(options: ControllerOptions): Promise<void> {
  const { namespace, lease, logLevel, kubeconfig, metricsPort } = options;
  const log = pino({ level: logLevel });
  const onError = (error: unknown): void =>
    log.warn({ code: codeOf(error), err: error }, 'it is tried again');
  const api = connect(kubeconfig === null ? {} : { kubeconfig });
  const watching = { api, clock: systemClock, random: Math.random, onError };
  const watched = watch(watching, namespace);
  const metrics = createMetrics({
    leads: () => leadership.leads,
    going: () => runs.going,
    isSynced: () => watched.isSynced(),
  });
  const endSurviving = surviveRejections(log, metrics.countBug);
  const runs = runsOf(options, { ...watching, ...watched, metrics });
  const sweeper = new NodeSweeper(watching);
  const schedules = new Schedules({ ...watching, ...watched });
  const probes = await serveProbes(metricsPort, metrics.registry, () => watched.isSynced());
  const leadership = new Leadership({
    ...{ ...watching, namespace, name: lease, owner: null },
    identity: `${hostname()}_${randomUUID()}`,
    onChange: (leads) => {
      log.info({ code: leads ? 'controller.leads' : 'controller.follows' }, leads ? 'leads' : 'follows');
      runs.lead(leads);
      sweeper.lead(leads);
      schedules.lead(leads);
    },
  });
  log.info({ code: 'controller.serves', port: probes.port }, 'metrics are answered');
  try {
    await askedToEnd(log);
  } finally {
    // First the runs: whoever leads next begins at their journals.
    await schedules.stop();
    await runs.stop();
    sweeper.lead(false);
    await leadership.stop();
    await watched.stop();
    await probes.close(0);
    endSurviving();
  }
}

interface Watching {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

/** What is asked for all the time. */
function watch(watching: Watching, namespace: string) {
  const experiments = new WatchCache<ExperimentObject>({
    ...{ ...watching, selection: { resource: resources.experiments, namespace: null } },
    keep: (object) => object as ExperimentObject,
  });
  const schedules = new WatchCache<ScheduleObject>({
    ...{ ...watching, selection: { resource: resources.experimentSchedules, namespace: null } },
    keep: (object) => object as ScheduleObject,
  });
  const ourPods = new WatchCache<OurPod>({
    ...{ ...watching, selection: { resource: resources.pods, namespace } },
    keep: ourPod,
  });
  const stops = watchStops(watching.api, watching.onError);
  const cluster = new ClusterView(watching);
  let isSynced = false;
  void experiments.ready.then(
    () => {
      isSynced = true;
    },
    () => {},
  );
  return {
    ...{ experiments, schedules, ourPods, stops, cluster, isSynced: () => isSynced },
    stop: () =>
      Promise.all([experiments.stop(), schedules.stop(), ourPods.stop(), stops.stop(), cluster.stop()]),
  };
}

interface RunParts extends Watching, ReturnType<typeof watch> {
  readonly metrics: ControllerMetrics;
}

const runsOf = (
  { stateDir }: ControllerOptions,
  { experiments, schedules: _schedules, ourPods, stops, cluster, metrics, stop: _, ...watching }: RunParts,
): Runs =>
  new Runs({
    ...watching,
    ...{ experiments, cluster, claims: new RunClaims(), version: programVersion() },
    readSidecar: sidecarReader(systemClock),
    ours: () => byNode(ourPods.items()),
    stopped: () => stops.items().map(stopText)[0] ?? null,
    secretsOf: (of) => secretsOf(watching.api, of, systemClock),
    ledgerOf: (asked) => ledgerOfRun(asked, { ...watching, cluster, stateDir }),
    tell: (experiment, event) => {
      metrics.count(experiment, event);
      tell(watching.api, experiment, event).catch(watching.onError);
    },
  });

const serveProbes = (port: number, registry: Registry, isSynced: () => boolean) =>
  listenPlainly(
    createProbes({ registry, notReady: () => (isSynced() ? [] : ['the experiments are not known yet']) }),
    { port },
  ).catch(refusePort);

interface OurPod {
  readonly name: string;
  readonly node: string;
}

const ourPod = (object: KubeObject): OurPod => {
  const { spec } = object as { readonly spec?: { readonly nodeName?: string } };
  return { name: object.metadata.name, node: spec?.nodeName ?? '' };
};

function byNode(pods: readonly OurPod[]): ReadonlyMap<string, readonly string[]> {
  const nodes = new Map<string, string[]>();
  for (const { node, name } of pods) nodes.set(node, [...(nodes.get(node) ?? []), name]);
  return nodes;
}

async function tell(api: KubeApi, experiment: ExperimentObject, event: JournalEvent): Promise<void> {
  const object = eventOf(experiment, event, systemClock.wallMs());
  if (object === null) return;
  try {
    await api.create({ resource: resources.events, namespace: object.metadata.namespace ?? null }, object);
  } catch (error) {
    // Told by whoever led before, or nobody is there any more to be told.
    if (!hasCode(error, 'kube.exists', 'kube.not-found')) throw error;
  }
}

function askedToEnd(log: Logger): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const)
      process.once(name, (signal) => {
        log.info({ code: 'controller.ending', signal }, 'leaves its runs to the next');
        resolve();
      });
  });
  takesSignals();
  return asked;
}

function refusePort(error: unknown): never {
  const isSystem = error instanceof Error && 'syscall' in error && error.syscall === 'listen';
  if (!isSystem) throw error;
  throw new HavocError('controller.listen-failed', `cannot listen: ${error.message}`, { cause: error });
}

const codeOf = (error: unknown): string => (error instanceof HavocError ? error.code : 'controller.failed');
