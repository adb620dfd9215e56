/** What `stop --all` comes to: is everything off and checked, and what is left until when. Pure. */
import { assertNever } from '../../../core/assert-never.js';
import { printable } from '../../../core/printable.js';
import { limits } from '../../../faults/limits.js';
import { parse } from '../../../faults/parse.js';
import { timeLeft } from '../../terminal/time-left.js';
import { podKey } from '../cluster-pod.js';
import type { StopResult } from './stop-all.js';
import { stopLimits } from './stop-limits.js';
import type { SweptPod } from './sweep.js';

/** Nothing is armed, and each sidecar said so; nothing new is admitted. */
export const isAllOff = ({ isEngaged, pods, problems }: StopResult): boolean =>
  isEngaged && problems.length === 0 && pods.every(isOff);

export function stopJson(result: StopResult, tookMs: number): object {
  const { stop, isEngaged: engaged, nodes, experiments, isolations, problems } = result;
  const pods = inOrder(result.pods).map((swept) => ({
    namespace: swept.pod.namespace,
    pod: swept.pod.name,
    node: swept.pod.node,
    disarmed: [...swept.disarmed.keys()],
    state: swept.end?.kind ?? 'no-sidecar',
    why: swept.refused ?? (swept.end?.kind === 'unknown' ? swept.end.why : null),
    left: leftIn(swept),
  }));
  const off = isAllOff(result);
  return { off, engaged, tookMs: Math.round(tookMs), stop, pods, nodes, experiments, isolations, problems };
}

export function stopLines(result: StopResult, tookMs: number): readonly string[] {
  const { stop, isEngaged, pods, nodes, problems } = result;
  const seconds = `${(tookMs / 1000).toFixed(1)} s`;
  const left = inOrder(pods).filter((swept) => !isOff(swept));
  const told = left
    .slice(0, stopLimits.podsTold)
    .map((swept) => `  ${podKey(swept.pod)}  ${printable(whyLeft(swept))}`);
  const more = left.length - told.length;
  return [
    isAllOff(result)
      ? `everything is off, after ${seconds}: ${checked(pods)}`
      : `not everything is known to be off, after ${seconds}: ${checked(pods)}`,
    ...told,
    ...(more > 0 ? [`  and ${more} more; --output json has all of them`] : []),
    ...problems.map((problem) => `  ${printable(problem)}`),
    `  ${doneText(result)}`,
    ...(nodes === null && problems.length === 0
      ? ['  nodes were not looked at, which you may not; no experiment that goes on cordons or taints one']
      : []),
    ...(isEngaged
      ? [
          `  nothing new is admitted until: havock8s release (${stop.by === null ? 'stopped' : `stopped by ${printable(stop.by)}`})`,
        ]
      : []),
  ];
}

const isOff = ({ refused, end }: SweptPod): boolean =>
  refused === null && (end === null || end.kind === 'off' || end.kind === 'gone');

function checked(pods: readonly SweptPod[]): string {
  const asked = pods.filter(({ end }) => end !== null && end.kind !== 'gone');
  const off = asked.filter(({ end }) => end?.kind === 'off').length;
  if (asked.length === 0) return 'no pod has a sidecar';
  const all = off === asked.length ? `${off}` : `${off} of ${asked.length}`;
  return `${all} ${asked.length === 1 ? 'sidecar says' : 'sidecars say'} that nothing is armed`;
}

function doneText({ pods, nodes, experiments, isolations }: StopResult): string {
  const givenBack = new Set(nodes?.map(({ node }) => node)).size;
  const faults = pods.reduce((sum, { disarmed }) => sum + disarmed.size, 0);
  const faulted = pods.filter(({ disarmed }) => disarmed.size > 0).length;
  return [
    `${counted(faults, 'annotated fault')} of ${counted(faulted, 'pod')} switched off`,
    ...(experiments.length === 0 ? [] : [`${counted(experiments.length, 'experiment')} told to stop`]),
    ...(givenBack === 0 ? [] : [`${counted(givenBack, 'node')} given back`]),
    ...(isolations.length === 0 ? [] : [`${counted(isolations.length, 'node')} no longer isolated`]),
  ].join(', ');
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function whyLeft(swept: SweptPod): string {
  const { refused, end } = swept;
  if (refused !== null) return `its annotations could not be taken away: ${refused}`;
  const left = leftIn(swept).map(({ name, ends }) => `${name} ${ends}`);
  switch (end?.kind) {
    case 'armed':
      return `still armed: ${left.join(', ')}`;
    case 'unknown': {
      const faults = left.length === 0 ? 'no fault was annotated' : `by themselves: ${left.join(', ')}`;
      return `could not be asked (${end.why}); ${faults}`;
    }
    case 'off':
    case 'gone':
    case undefined:
      return 'off';
    default:
      return assertNever(end);
  }
}

interface Left {
  readonly name: string;
  readonly sentence: string;
  /** When it ends by itself, as the end of a sentence. */
  readonly ends: string;
}

/** What may still be on. */
function leftIn({ disarmed, end }: SweptPod): readonly Left[] {
  if (end?.kind === 'armed')
    return end.faults.map(({ name, sentence, endsAt }) => ({
      name,
      sentence,
      ends: `ends at ${endsAt ?? '?'}`,
    }));
  if (end?.kind !== 'unknown') return [];
  return [...disarmed].map(([name, sentence]) => ({ name, sentence, ends: endOf(sentence) }));
}

function endOf(sentence: string): string {
  const parsed = parse(sentence);
  if (parsed.kind === 'problems') return 'is no fault';
  const { deadline } = parsed.fault;
  switch (deadline.kind) {
    case 'until':
      return `ends at ${new Date(deadline.epochMs).toISOString()}`;
    case 'for':
      return `ends ${timeLeft(deadline.ms)} after it was armed`;
    case 'default':
      return `ends ${timeLeft(limits.defaultDeadlineMs)} after it was armed`;
    default:
      return assertNever(deadline);
  }
}

const inOrder = (pods: readonly SweptPod[]): readonly SweptPod[] =>
  pods.toSorted((a, b) => (podKey(a.pod) < podKey(b.pod) ? -1 : 1));
