/**
 * Many runs at once in one namespace, each on a pod of its own of a StatefulSet: how long it takes, what it asks of the API
 * server, and what of memory the controller needs before, meanwhile and afterwards.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { ExperimentObject } from '../../../controller/experiment-object.js';
import { type JournalParts, journalName, readPacked } from '../../../experiment/journal/packed.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { until } from '../../sidecar/mounted/until.js';
import {
  type ControlledCluster,
  controlledCluster,
  createExperiment,
  experiments,
  installed,
} from './controlled-cluster.js';
import { namespace } from './pods-without-nodes.js';

export interface ManyRuns {
  /** Each on a StatefulSet of its own. */
  readonly runs: number;
  /** Pods of each StatefulSet. */
  readonly members: number;
  /** From the first one's creation until all are over. */
  readonly boundMs: number;
}

const sampleMs = 1000;
/** Of the whole life of a run. */
const mostRequests = 80;
/** Long enough for what is not needed any more to be given back. */
const restMs = 10_000;

/** All come to their verdict, in the memory that an installation gives a controller. */
export async function playManyRuns(t: TestContext, { runs, members, boundMs }: ManyRuns): Promise<void> {
  const cluster = await controlledCluster(t, { sets: runs, members, tickMs: 500, audit: false });
  const controller = await cluster.startController();
  const { pid = 0 } = controller.child;
  const before = mebibytesOf(pid);
  const samples = sample(cluster, pid);
  t.after(() => samples.stop());
  const startedMs = performance.now();
  const names = Array.from({ length: runs }, (_, index) => `run-${index}`);
  await Promise.all(names.map((name, index) => createExperiment(cluster, name, specOf(cluster, index))));
  await until(async () => {
    const { exitCode, signalCode } = controller.child;
    assert.deepEqual({ exitCode, signalCode }, { exitCode: null, signalCode: null }, 'the controller ended');
    return (await notOver(cluster)).length === 0;
  }, boundMs);
  const tookS = Math.round((performance.now() - startedMs) / 1000);
  const { most, requests, mostPerSecond } = samples.stop();
  const resolvedMs = await Promise.all(names.map((name) => resolvedAtMs(cluster, name)));
  await new Promise((next) => setTimeout(next, restMs));
  t.diagnostic(
    [
      `${runs} runs among ${runs * members} pods are over after ${tookS} s`,
      `their pods were known after ${quantile(resolvedMs, 0.5)} ms (p50), ${quantile(resolvedMs, 0.99)} ms (p99)`,
      `the controller had ${before} MiB before, ${most} at most, ${mebibytesOf(pid)} afterwards`,
      `${Math.round(requests / tookS)} requests a second, ${mostPerSecond} at most, ${Math.round(requests / runs)} of each run`,
    ].join('; '),
  );
  const verdicts = (await cluster.api.list<ExperimentObject>(experiments)).items.map(
    ({ status }) => `${status?.verdict}: ${status?.reason}: ${status?.message?.split(', ', 1)}`,
  );
  const held = 'Passed: HypothesisHeld: the hypothesis held under 1 fault';
  assert.deepEqual(new Set(verdicts), new Set([held]));
  assert.ok(most <= Number.parseInt(installed.resources.limits.memory, 10), `${most} MiB`);
  assert.ok(requests / runs <= mostRequests, `${requests} requests`);
}

function specOf({ sidecars }: ControlledCluster, index: number): object {
  const { host } = new URL(sidecars.get(`db${index}-0`)?.url ?? '');
  return {
    targets: [{ name: 'db', workload: { kind: 'StatefulSet', name: `db${index}` }, ordinals: [0] }],
    hypothesis: {
      probes: [{ name: 'answers', tcp: { address: host }, interval: '2s', timeout: '2s' }],
      settle: '5m',
    },
    steps: [{ name: 'slow', fault: 'disk latency 10ms on fsync for 20s' }],
    assumptions: { minimumHits: 0 },
    recoveryObjective: '5m',
  };
}

const notOver = async ({ api }: ControlledCluster): Promise<readonly ExperimentObject[]> =>
  (await api.list<ExperimentObject>(experiments)).items.filter(
    ({ status, metadata }) => status?.verdict === undefined || (metadata.finalizers ?? []).length > 0,
  );

async function resolvedAtMs({ api }: ControlledCluster, name: string): Promise<number> {
  const target = { resource: resources.configMaps, namespace, name: journalName(name) };
  const found = await api.get<KubeObject & { readonly binaryData?: JournalParts }>(target);
  const reading = readPacked(found?.binaryData ?? {});
  const events = reading.kind === 'journal' ? reading.journal.events : [];
  return events.find(({ type }) => type === 'targets-resolved')?.atMs ?? Number.NaN;
}

/** That are in memory; 0: it is gone. */
function mebibytesOf(pid: number): number {
  const file = `/proc/${pid}/status`;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024);
}

function sample({ proxy }: ControlledCluster, pid: number) {
  const first = proxy.answered;
  let [most, mostPerSecond, count, atMs] = [0, 0, first, performance.now()];
  const timer = setInterval(() => {
    most = Math.max(most, mebibytesOf(pid));
    const nowMs = performance.now();
    const perSecond = ((proxy.answered - count) / (nowMs - atMs)) * 1000;
    mostPerSecond = Math.max(mostPerSecond, Math.round(perSecond));
    [count, atMs] = [proxy.answered, nowMs];
  }, sampleMs);
  return {
    stop: () => {
      clearInterval(timer);
      return { most, mostPerSecond, requests: proxy.answered - first };
    },
  };
}

const quantile = (values: readonly number[], share: number): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN);
