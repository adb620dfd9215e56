/** What a run would do, for people. Pure. */
import { printable } from '../../../core/printable.js';
import type { Place } from '../../../experiment/journal/events.js';
import type { Sheet } from '../../terminal/console.js';
import { type Column, tableLines } from '../../terminal/table.js';
import { wrap } from '../../terminal/wrap.js';
import type { PlannedRun, PlannedStep } from './planned-run.js';

/** Names of the containers of each pod, by its UID; null: pods may not be read. */
export type Containers = ReadonlyMap<string, readonly string[]> | null;

interface Row {
  readonly target: string;
  readonly place: Place;
  readonly containers: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'TARGET', text: ({ target }) => printable(target), paint: (_row, ink) => ink.bold },
  { title: 'POD', text: ({ place: { pod } }) => printable(pod) },
  { title: 'NODE', text: ({ place: { node } }) => printable(node === '' ? '-' : node) },
  { title: 'ROLE', text: ({ place: { role } }) => printable(role ?? '-') },
  { title: 'CONTAINERS', text: ({ containers }) => printable(containers) },
];

type Terminal = Pick<Sheet, 'ink' | 'columns'>;

export function planLines(run: PlannedRun, containers: Containers, terminal: Terminal): readonly string[] {
  const { ink } = terminal;
  const rows = Object.entries(run.targets).flatMap(([target, places]) =>
    places.map((place) => ({
      ...{ target, place },
      containers: containers?.get(place.uid)?.join(', ') ?? '?',
    })),
  );
  const paragraph = (text: string, mark: string): string =>
    `  ${mark} ${wrap(printable(text), Math.min(terminal.columns, 100), '    ').trimStart()}`;
  return [
    ...(rows.length === 0 ? [] : [...tableLines(columns, rows, { ink, width: terminal.columns }), '']),
    ink.bold('Steps'),
    ...run.steps.flatMap(({ step, ...done }, index) => [
      `  ${index + 1}. ${ink.bold(printable(step))}: ${printable(done.sentence ?? done.says)}`,
      ...onWhom(done),
    ]),
    '',
    run.couldStart
      ? `${ink.green(ink.bold('It could start'))}: safety has nothing against it.`
      : ink.red(ink.bold('It would not start:')),
    ...run.refusals.map((refusal) => paragraph(refusal, '-')),
  ];
}

const onWhom = ({ pods }: Pick<PlannedStep, 'pods'>): readonly string[] =>
  pods.length === 0 ? [] : [`     on ${printable(pods.join(', '))}`];
