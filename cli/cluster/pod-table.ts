/** Faults of pods as a table: the same for `ls` and `watch`. */
import { printable } from '../../core/printable.js';
import type { Sheet } from '../terminal/console.js';
import { injected, paintInjected, paintState, refusalLines, remarkLines } from '../terminal/fault-table.js';
import { type Column, tableLines } from '../terminal/table.js';
import { timeLeft } from '../terminal/time-left.js';
import { podKey } from './cluster-pod.js';
import type { PodFault, PodFaults } from './pod-faults.js';

interface Row {
  readonly pod: PodFaults;
  readonly fault: PodFault;
}

export function podTable(
  pods: readonly PodFaults[],
  { ink, columns }: Pick<Sheet, 'ink' | 'columns'>,
): readonly string[] {
  const rows = pods.flatMap((pod) => pod.faults.map((fault) => ({ pod, fault })));
  return rows.length === 0 ? [] : tableLines(podColumns, rows, { ink, width: columns });
}

/** Below the table: what to know of faults and of sidecars that could not be asked, and what is wrong with refused ones. */
export function podRemarks(
  pods: readonly PodFaults[],
  sheet: Pick<Sheet, 'ink' | 'columns'>,
): readonly string[] {
  const { ink } = sheet;
  return pods.flatMap((pod) => {
    const named = pod.faults.map((fault) => ({ ...fault, name: `${keyOf(pod)} ${fault.name}` }));
    const asked =
      pod.unknown === null || pod.faults.length === 0
        ? []
        : [`${ink.yellow('note:')} ${keyOf(pod)}: hits unknown: ${printable(pod.unknown)}`];
    return [...asked, ...remarkLines(named, sheet), ...refusalLines(named, sheet)];
  });
}

/** In one line, for whoever sees no table or only a part of it. */
export function podSummary(pods: readonly PodFaults[]): string {
  const armed = pods.flatMap(({ faults }) => faults.filter(({ state }) => state === 'armed')).length;
  const silent = pods.filter(({ unknown }) => unknown !== null).length;
  const asked = silent === 0 ? '' : `, ${silent} could not be asked`;
  return `${armed} armed; ${pods.length} injected ${pods.length === 1 ? 'pod' : 'pods'}${asked}`;
}

const keyOf = ({ namespace, pod }: PodFaults): string => podKey({ namespace, name: pod });

const podColumns: readonly Column<Row>[] = [
  { title: 'POD', text: ({ pod }) => printable(keyOf(pod)) },
  { title: 'NODE', text: ({ pod }) => printable(pod.node ?? '-') },
  { title: 'NAME', text: ({ fault }) => printable(fault.name), paint: (_row, ink) => ink.bold },
  { title: 'STATE', text: ({ fault }) => fault.state, paint: ({ fault }, ink) => paintState(fault, ink) },
  { title: 'SINCE', text: ({ fault }) => fault.startedAt?.replace(/\.\d+Z$/, 'Z') ?? '-' },
  { title: 'LEFT', text: ({ fault }) => leftOf(fault), align: 'right' },
  {
    title: 'HITS',
    text: ({ fault }) => injected(fault),
    align: 'right',
    paint: ({ fault }, ink) => paintInjected(fault, ink),
  },
  { title: 'SENTENCE', text: ({ fault }) => printable(fault.sentence) },
];

function leftOf({ remainingMs }: PodFault): string {
  if (remainingMs === null) return '?';
  return remainingMs > 0 ? timeLeft(remainingMs) : '-';
}
