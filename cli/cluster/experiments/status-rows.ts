/** What the status of a run says, in rows. Pure. */
import type { ExperimentObject } from '../../../controller/experiment-object.js';
import type { StatusFault } from '../../../experiment/crd/status.js';
import { counted } from '../../../experiment/report/words.js';
import { timeLeft } from '../../terminal/time-left.js';

export type Row = readonly [title: string, text: string];

export function statusRows({ metadata, spec, status = {} }: ExperimentObject, nowMs: number): readonly Row[] {
  const { verdict, phase, step = '', data, reason, message = '', startedAt, endedAt, faultsLeft } = status;
  const isAsked = spec?.stop !== undefined && verdict === undefined;
  return [
    ['experiment', `${metadata.namespace ?? ''}/${metadata.name}`],
    verdict === undefined
      ? ['phase', `${phase ?? 'no controller has taken it up yet'}${step === '' ? '' : `: ${step}`}`]
      : ['verdict', `${verdict}${reason === undefined ? '' : `: ${reason}`}`],
    ...when(message !== '', ['why', message]),
    ...when(isAsked, ['stop', `asked for: ${spec?.stop?.reason || 'without a reason'}`]),
    ...when(spec?.paused === true && verdict === undefined, ['paused', 'nothing new begins']),
    ...when(data !== undefined, ['data', data ?? '']),
    ...when(startedAt !== undefined, ['began', began(startedAt, nowMs)]),
    ...when(endedAt !== undefined, ['ended', endedAt ?? '']),
    ...(status.targets ?? []).map(
      ({ name, count, pods }): Row => [
        'target',
        `${name}: ${pods.join(', ')}${count > pods.length ? ` and ${count - pods.length} more` : ''}`,
      ],
    ),
    ...(status.faults ?? []).map((fault): Row => ['fault', faultWords(fault, nowMs)]),
    ...when((faultsLeft ?? 0) > 0 && verdict !== undefined, [
      'left',
      `${counted(faultsLeft ?? 0, 'fault')} that nobody could see off`,
    ]),
    ...(status.conditions ?? []).map(
      ({ type, status: is, reason: why, message: more }): Row => [
        'condition',
        `${type} ${is}: ${why}${more === '' || more === message ? '' : `: ${more}`}`,
      ],
    ),
  ];
}

const when = (is: boolean, row: Row): readonly Row[] => (is ? [row] : []);

const began = (startedAt: string | undefined, nowMs: number): string =>
  `${startedAt}, ${timeLeft(Math.max(0, nowMs - Date.parse(startedAt ?? '')))} ago`;

function faultWords({ name, pod, state, hits, until }: StatusFault, nowMs: number): string {
  const leftMs = Date.parse(until) - nowMs;
  const isOn = state === 'Armed' || state === 'Asked';
  return [
    `${name} on ${pod}: ${state.toLowerCase()}`,
    hits === undefined ? 'hits unknown' : counted(hits, 'hit'),
    ...(isOn ? [leftMs > 0 ? `${timeLeft(leftMs)} left` : `due to end since ${until}`] : []),
  ].join(', ');
}
