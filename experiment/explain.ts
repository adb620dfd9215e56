/** An experiment in plain words: what will be measured, what will happen when, and what decides. Nothing is run. */
import { assertNever } from '../core/assert-never.js';
import { effectOf, explain } from '../faults/explain.js';
import { writeDuration } from '../faults/values/duration.js';
import type { Plan } from './engine/plan.js';
import type { Action, ChangeAction, FaultAction, PlannedStep } from './file/planned-steps.js';
import type { SettlingTolerance, Tolerance } from './file/tolerance.js';
import { isWatched } from './journal/events.js';

/** A heading, and what belongs below it. */
export interface Paragraph {
  readonly heading: string;
  readonly lines: readonly string[];
}

export function explainPlan(plan: Plan): readonly Paragraph[] {
  return [
    { heading: 'Before', lines: before(plan) },
    { heading: 'Steps', lines: stepLines(plan.steps) },
    { heading: 'While they go on', lines: during(plan) },
    { heading: 'After', lines: after(plan) },
    ...(plan.hasLedger
      ? [
          {
            heading: 'The data',
            lines: [
              `A ledger writes numbered entries from 3 s before the first fault on, and all that was acknowledged is read back at the end${plan.crash.length === 0 ? '' : ', after the command was killed once more (SIGKILL) and started again'}. What is gone or altered makes the verdict Failed; fewer than ${plan.minimumOperationsPerSecond} acknowledged writes a second while faults are on make it Inconclusive.`,
            ],
          },
        ]
      : []),
    ...(plan.finally.steps.length === 0
      ? []
      : [
          {
            heading: `Finally, however it went, for at most ${writeDuration(plan.finally.timeLimitMs)}`,
            lines: stepLines(plan.finally.steps),
          },
        ]),
  ];
}

/** What will be done, a line a step: without the times in which nothing is. */
export const outlineOf = ({ steps }: Plan): readonly { readonly step: string; readonly says: string }[] =>
  steps
    .filter(({ action }) => action.kind !== 'wait')
    .map(({ id, action }) => ({
      step: id,
      says: action.kind === 'fault' ? briefly(action) : saysOf(action),
    }));

/** What it does, and for how long: the sentence after that is about how often. */
function briefly({ sentence, forMs }: Extract<Action, { kind: 'fault' }>): string {
  return `${effectOf(sentence.fault)}, for ${writeDuration(forMs)}.`;
}

function before({ probes, settleMs }: Plan): readonly string[] {
  if (probes.length === 0)
    return ['Nothing is measured, so the verdict will be Inconclusive whatever happens.'];
  return [
    ...probes.map(
      ({ name, says, intervalMs, timeoutMs, tolerances: { before } }) =>
        `${name}: ${says}. Measured every ${writeDuration(intervalMs)}, each time for at most ${writeDuration(timeoutMs)}; it must ${settles(before)}${isBounded(before) ? ', or nothing is started' : ''}.`,
    ),
    `If that does not come within ${writeDuration(settleMs)}, nothing is started.`,
  ];
}

function during({ probes, minimumHits, minimumMeasurements, timeLimitMs }: Plan): readonly string[] {
  return [
    ...probes.map(
      (probe) =>
        `${probe.name} ${tolerated(probe.tolerances.during)}${probe.abort ? '; beyond that the run ends at once' : ''}.`,
    ),
    `Each fault must hit at least ${times(minimumHits)}, and each probe be measured at least ${times(minimumMeasurements)}; else the verdict is Inconclusive.`,
    `All of it takes at most ${writeDuration(timeLimitMs)}; else the run is aborted.`,
  ];
}

/** `succeed 3 times one after another, and go on for 3s; once it has, it may fail once`. */
function settles({ successes, stableForMs, ...bounds }: SettlingTolerance): string {
  const row = successes === 1 ? 'succeed' : `succeed ${times(successes)} one after another`;
  const stable = stableForMs === 0 ? '' : `, and go on for ${writeDuration(stableForMs)}`;
  return `${row}${stable}${isBounded(bounds) ? `; once it has succeeded, it ${tolerated(bounds)}` : ''}`;
}

const isBounded = ({ failures, consecutive }: Tolerance): boolean =>
  failures !== null || consecutive !== null;

function tolerated({ failures, consecutive }: Tolerance): string {
  if (failures === 0 || consecutive === 0) return 'may not fail';
  const row = consecutive === null ? null : `at most ${times(consecutive)} one after another`;
  return ['may fail', failures === null ? null : times(failures)]
    .filter((word) => word !== null)
    .join(' ')
    .concat(row === null ? '' : `, ${row}`);
}

function after(plan: Plan): readonly string[] {
  const { probes, replication, recoveryObjectiveMs } = plan;
  return [
    'The sidecar is asked whether every fault is off.',
    ...probes.map(
      ({ name, tolerances, abort }) =>
        `${name} must ${settles(tolerances.after)}${abort && isBounded(tolerances.after) ? '; beyond that the run ends at once' : ''}.`,
    ),
    ...(replication ? [`Replication must have caught up: ${replication.says}.`] : []),
    ...(isWatched(plan)
      ? [`That must begin within ${writeDuration(recoveryObjectiveMs)}; else the verdict is Failed.`]
      : ['Nobody is asked how soon all is well again: there is no probe.']),
  ];
}

/** Numbered; who does not wait for the one before says for whom. */
function stepLines(steps: readonly PlannedStep[]): readonly string[] {
  return steps.map(({ id, after: waited, timeLimitMs, action }, index) => {
    const previous = steps[index - 1]?.id;
    const isNext = waited.length === (previous === undefined ? 0 : 1) && waited[0] === previous;
    const when = isNext ? '' : waited.length === 0 ? ' (at once)' : ` (after ${waited.join(', ')})`;
    const limit = timeLimitMs === null ? '' : ` For at most ${writeDuration(timeLimitMs)}.`;
    return `${index + 1}. ${id}${when}: ${saysOf(action)}${limit}`;
  });
}

function saysOf(action: Action): string {
  switch (action.kind) {
    case 'fault':
      return `${explain(action.sentence.fault)}${onWhom(action)}`;
    case 'change':
      return `${changeWords(action)}${onWhom(action)}`;
    case 'kill':
      return `The ${action.process.replace('-', ' ')} gets SIG${action.signal}.`;
    case 'wait':
      return `Nothing for ${writeDuration(action.forMs)}.`;
    case 'until':
      return `Waits until ${action.condition.text}.`;
    case 'probe':
      return `Measured once: ${action.question.says}; else the verdict is Failed.`;
    default:
      return assertNever(action);
  }
}

/** Only an experiment in a cluster says to whom. */
function onWhom({ on }: FaultAction | ChangeAction): string {
  return on === null ? '' : ` On ${on}.`;
}

function changeWords({ change, forMs }: ChangeAction): string {
  const lasting = forMs === null ? '' : ` for ${writeDuration(forMs)}, and then taken back`;
  switch (change.kind) {
    case 'delete':
      return 'The pods are deleted.';
    case 'restart':
      return `The container ${change.container ?? ''} is restarted.`.replace('  ', ' ');
    case 'scale':
      return `The workload is scaled to ${change.replicas}${lasting}.`;
    case 'cordon':
    case 'drain':
    case 'taint':
    case 'isolate':
      return `The nodes of the pods: ${nodeWords[change.kind]}${lasting}.`;
    default:
      return assertNever(change);
  }
}

const nodeWords = {
  cordon: 'no new pod comes there',
  drain: 'no new pod comes there, and every pod is evicted',
  taint: 'pods without a toleration are evicted',
  isolate: 'the control plane loses them while their containers run on',
} as const;

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);
