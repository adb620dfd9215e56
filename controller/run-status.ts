/** The status of an Experiment: what its journal comes to, so that `kubectl get` and `kubectl wait` tell of it. Pure. */
import {
  type ConditionType,
  type ExperimentStatus,
  type FaultState,
  type RunPhase,
  type StatusCondition,
  statusLimits,
} from '../experiment/crd/status.js';
import type { FaultRun, Run } from '../experiment/engine/run.js';
import type { Phase } from '../experiment/journal/events.js';
import { journalName } from '../experiment/journal/packed.js';

export interface StatusFacts {
  readonly name: string;
  readonly generation: number;
  readonly run: Run;
  readonly wallMs: number;
  /** Conditions as they stand: one that does not change keeps its time. */
  readonly before: readonly StatusCondition[];
}

export function statusOf(facts: StatusFacts): ExperimentStatus {
  const { run, name, generation } = facts;
  const { judgement, stop, phase } = run;
  const found = judgement ?? stop;
  const overMs = run.beganAtMs.over;
  const isOver = phase === 'over' && judgement !== null;
  return {
    observedGeneration: generation,
    phase: phaseNames[phase],
    step: cut(stepsOn(run), 128),
    ...(isOver && { verdict: judgement.verdict, data: judgement.data }),
    ...(found && { reason: found.reason, message: cut(found.message) }),
    ...(run.startedAtMs > 0 && { startedAt: timeOf(run.startedAtMs) }),
    ...(overMs !== undefined && { endedAt: timeOf(run.startedAtMs + overMs) }),
    targets: targetsOf(run),
    faults: faultsOf(run),
    faultsLeft: [...run.faults.values()].filter((fault) => !isOff(fault, run)).length,
    journal: { configMap: journalName(name) },
    conditions: conditionsOf(facts),
  };
}

const phaseNames: Readonly<Record<Phase, RunPhase>> = {
  ...{ before: 'Before', during: 'During', after: 'After', finally: 'Finally', over: 'Over' },
};

const stepsOn = ({ steps, phase }: Run): string =>
  phase === 'over'
    ? ''
    : [...steps]
        .filter(([, { ended }]) => ended === null)
        .map(([step]) => step)
        .join(', ');

const targetsOf = ({ targets }: Run): NonNullable<ExperimentStatus['targets']> =>
  [...(targets ?? [])].slice(0, statusLimits.targets).map(([name, places]) => ({
    ...{ name, count: places.length },
    pods: places.slice(0, statusLimits.podsOfTarget).map(({ pod }) => pod),
  }));

/** Those that are on first. */
const faultsOf = (run: Run): NonNullable<ExperimentStatus['faults']> =>
  [...run.faults]
    .toSorted(([, one], [, other]) => Number(isOff(one, run)) - Number(isOff(other, run)))
    .slice(0, statusLimits.faults)
    .map(([fault, known]) => ({
      name: fault.split('@', 1)[0] ?? fault,
      pod: known.place?.pod ?? '',
      state: stateOf(known, run),
      ...(known.unverified === null && { hits: known.injected }),
      until: timeOf(run.startedAtMs + (known.endsAtMs ?? 0)),
    }));

const isOff = ({ step }: FaultRun, { steps, recovered, phase, faultsLeft }: Run): boolean =>
  recovered.has('faults-off') ||
  steps.get(step)?.ended?.outcome === 'done' ||
  (phase === 'over' && faultsLeft.length === 0);

function stateOf(known: FaultRun, run: Run): FaultState {
  if (known.unverified !== null) return 'Unverified';
  if (isOff(known, run)) return 'Off';
  return known.isArmed ? 'Armed' : 'Asked';
}

/** `Finished` is what scripts wait for; its reason is the verdict. */
function conditionsOf(facts: StatusFacts): StatusCondition[] {
  const { run } = facts;
  const { judgement, stop, phase, faultsLeft, changesLeft } = run;
  const isOver = phase === 'over' && judgement !== null;
  const isLeft = faultsLeft.length + changesLeft.length > 0;
  const hasBegun = run.beganAtMs.during !== undefined;
  const why = judgement ?? stop;
  const going = { reason: phaseNames[phase], message: '' };
  const wasRefused = !hasBegun && why !== null;
  return [
    condition(
      facts,
      'Accepted',
      wasRefused ? 'False' : run.targets === null ? 'Unknown' : 'True',
      wasRefused ? why : going,
    ),
    condition(facts, 'Started', hasBegun ? 'True' : 'False', wasRefused ? why : going),
    condition(facts, 'CleanedUp', isOver && !isLeft ? 'True' : 'False', {
      reason: isLeft ? 'Left' : going.reason,
      message: [...faultsLeft, ...changesLeft].join(', '),
    }),
    condition(
      facts,
      'Finished',
      isOver ? 'True' : 'False',
      isOver ? { reason: judgement.verdict, message: judgement.message } : going,
    ),
  ];
}

function condition(
  { generation, wallMs, before }: StatusFacts,
  type: ConditionType,
  status: StatusCondition['status'],
  { reason, message }: { readonly reason: string; readonly message: string },
): StatusCondition {
  const known = before.find((one) => one.type === type);
  return {
    ...{ type, status, reason, message: cut(message), observedGeneration: generation },
    lastTransitionTime: known?.status === status ? known.lastTransitionTime : timeOf(wallMs),
  };
}

/** Kubernetes has its times to the second. */
const timeOf = (epochMs: number): string => new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');

/** The whole stands in the journal. */
const cut = (text: string, most = 512): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
