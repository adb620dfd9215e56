/** Outcomes as a table, and below it what was left alone. */
import { assertNever } from '../../../core/assert-never.js';
import { printable } from '../../../core/printable.js';
import type { Sheet } from '../../terminal/console.js';
import type { Ink } from '../../terminal/ink.js';
import { type Column, tableLines } from '../../terminal/table.js';
import type { Outcome } from './outcome.js';

export function outcomeLines(
  outcomes: readonly Outcome[],
  { ink, columns }: Pick<Sheet, 'ink' | 'columns'>,
): readonly string[] {
  if (outcomes.length === 0) return ['no manifests: every document is empty'];
  const isOfMany = new Set(outcomes.map(({ file }) => file)).size > 1;
  const shown = isOfMany
    ? [...outcomeColumns.slice(0, -1), fileColumn, ...outcomeColumns.slice(-1)]
    : outcomeColumns;
  return [
    ...tableLines(shown, outcomes, { ink, width: columns }),
    ...outcomes.flatMap((outcome) => noteLines(outcome, ink)),
  ];
}

const noteLines = (outcome: Outcome, ink: Ink): readonly string[] =>
  outcome.notes.map((note) => `${ink.yellow('note:')} ${titleOf(outcome)}: ${printable(note)}`);

const titleOf = ({ kind, name }: Outcome): string => printable(`${kind}/${name}`);

const outcomeColumns: readonly Column<Outcome>[] = [
  { title: 'WORKLOAD', text: titleOf, paint: (_outcome, ink) => ink.bold },
  { title: 'RESULT', text: ({ result }) => result.replaceAll('-', ' '), paint: paintResult },
  { title: 'VOLUMES', text: ({ volumes }) => volumes.join(',') || '-' },
  { title: 'PORTS', text: portsOf },
  { title: 'WHY', text: ({ reason }) => printable(reason?.sentence ?? '') },
];

const fileColumn: Column<Outcome> = { title: 'FILE', text: ({ file }) => printable(file) };

/** Those that go out stand behind an arrow. */
function portsOf({ inbound, outbound }: Outcome): string {
  return [...inbound.map(String), ...outbound.map((port) => `>${port}`)].join(',') || '-';
}

function paintResult({ result }: Outcome, ink: Ink): (text: string) => string {
  switch (result) {
    case 'injected':
    case 'uninjected':
      return ink.green;
    case 'skipped':
      return ink.yellow;
    case 'unchanged':
    case 'not-a-workload':
      return ink.dim;
    default:
      return assertNever(result);
  }
}
