/** A file as the engine takes it: every default filled in, and its steps spelled out. */
import type { Experiment } from '../file/experiment.js';
import { type Change, type PlannedStep, plannedSteps } from '../file/planned-steps.js';
import type { Probe, Question } from '../file/probe.js';
import { stepsSchema } from '../file/step.js';
import { anything } from '../file/tolerance.js';
import { type RecoveryPart, replicationName } from '../journal/events.js';

export interface Plan {
  readonly name: string;
  readonly description: string;
  readonly probes: readonly Probe[];
  /** Told all the time, and asked for after the last fault: has whoever follows the database caught up? Null: nobody is asked. */
  readonly replication: Probe | null;
  readonly settleMs: number;
  readonly minimumMeasurements: number;
  readonly minimumHits: number;
  readonly minimumOperationsPerSecond: number;
  readonly hasLedger: boolean;
  /** Before the ledger is read back. */
  readonly crash: readonly PlannedStep[];
  /** Is a command that failed started again? */
  readonly restarts: boolean;
  /** Does it play in a cluster, and not on this machine? */
  readonly isOfCluster: boolean;
  /** Of a cluster: what must be seen of it before all is well again. */
  readonly clusterRecovery: readonly RecoveryPart[];
  /** Targets that go with a role, from pod to pod. */
  readonly follows: ReadonlySet<string>;
  /** Does it only say what it would do? */
  readonly isDryRun: boolean;
  readonly steps: readonly PlannedStep[];
  readonly finally: { readonly steps: readonly PlannedStep[]; readonly timeLimitMs: number };
  readonly recoveryObjectiveMs: number;
  readonly timeLimitMs: number;
}

/** All that are measured; those of `probes` alone are the hypothesis. */
export const measuredProbes = ({ probes, replication }: Plan): readonly Probe[] =>
  replication ? [...probes, replication] : probes;

export function planOf({ metadata, spec }: Experiment): Plan {
  const { hypothesis, assumptions } = spec;
  return {
    name: metadata.name,
    description: spec.description,
    probes: hypothesis.probes,
    replication: spec.recovery.replication ? replicationProbe(spec.recovery.replication) : null,
    settleMs: hypothesis.settle,
    ...assumptions,
    hasLedger: spec.ledger !== undefined,
    crash: spec.ledger?.crashBeforeReadBack ? crashSteps : [],
    restarts: spec.local?.restart === 'onFailure',
    isOfCluster: spec.targets.length > 0,
    clusterRecovery: clusterRecovery(spec),
    follows: new Set(spec.targets.flatMap(({ name, role }) => (role?.follow ? [name] : []))),
    isDryRun: spec.dryRun,
    steps: plannedSteps(spec.steps),
    finally: {
      // A dry run has nothing to put back.
      steps: spec.finally && !spec.dryRun ? plannedSteps(spec.finally.steps, 'finally.') : [],
      timeLimitMs: spec.finally?.timeLimit ?? 0,
    },
    recoveryObjectiveMs: spec.recoveryObjective,
    timeLimitMs: spec.timeLimit,
  };
}

function clusterRecovery({ targets, steps }: Experiment['spec']): readonly RecoveryPart[] {
  const changes = plannedSteps(steps).flatMap(({ action }) =>
    action.kind === 'change' ? [action.change] : [],
  );
  return [
    ...(changes.some(isOfNodes) ? (['nodes'] as const) : []),
    ...(targets.length > 0 ? (['pods', 'traffic'] as const) : []),
    ...(targets.some(({ role }) => role !== undefined) ? (['role'] as const) : []),
  ];
}

const isOfNodes = (change: Change): boolean => 'expect' in change;

/** The ledger still writes. No step of a file has an upper-case letter in its name. */
const crashSteps = plannedSteps(
  stepsSchema.parse([
    { name: 'ready', wait: { until: 'command.running' }, timeLimit: '30s' },
    { name: 'kill', kill: { process: 'command' }, timeLimit: '40s' },
    { name: 'back', wait: { until: 'command.running' }, timeLimit: '30s' },
  ]),
  'Crash.',
);

const replicationProbe = (question: Question): Probe => ({
  ...question,
  name: replicationName,
  intervalMs: 500,
  abort: false,
  tolerances: anything,
});
