/** What the controller tells Prometheus of itself and of its runs. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { JournalEvent } from '../experiment/journal/events.js';
import { verdicts } from '../experiment/verdict.js';
import type { ExperimentObject } from './experiment-object.js';

export interface MetricFacts {
  readonly leads: () => boolean;
  readonly going: () => number;
  readonly isSynced: () => boolean;
}

export interface ControllerMetrics {
  readonly registry: Registry;
  count(experiment: ExperimentObject, event: JournalEvent): void;
  countBug(): void;
}

export function createMetrics({ leads, going, isSynced }: MetricFacts): ControllerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read());
      },
    });
  };
  gauge('havock8s_controller_leader', 'Whether this replica leads', () => Number(leads()));
  gauge('havock8s_controller_synced', 'Whether the experiments are known', () => Number(isSynced()));
  gauge('havock8s_controller_runs', 'Runs that go on', going);
  const bugs = new Counter({
    name: 'havock8s_controller_unhandled_errors_total',
    help: 'Errors that nobody waited for: mistakes of ours',
    registers,
  });
  const ended = new Counter({
    name: 'havock8s_experiment_runs_total',
    help: 'Runs that ended, by verdict',
    labelNames: ['namespace', 'verdict'],
    registers,
  });
  const lastEnd = new Gauge({
    name: 'havock8s_experiment_last_run_timestamp_seconds',
    help: 'When a run last ended with this verdict',
    labelNames: ['namespace', 'verdict'],
    registers,
  });
  const armed = new Counter({
    name: 'havock8s_experiment_faults_armed_total',
    help: 'Faults that runs were seen to have armed, each pod by itself',
    labelNames: ['namespace'],
    registers,
  });
  return {
    registry,
    count: ({ metadata: { namespace = '' } }, event) => {
      if (event.type === 'fault-armed') armed.inc({ namespace });
      if (event.type !== 'judged') return;
      for (const verdict of verdicts) ended.inc({ namespace, verdict }, verdict === event.verdict ? 1 : 0);
      lastEnd.setToCurrentTime({ namespace, verdict: event.verdict });
    },
    countBug: () => bugs.inc(),
  };
}
