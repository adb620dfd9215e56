/** The reference of the language as text for a terminal. */
import { assertNever } from '../../../core/assert-never.js';
import type { Reference } from '../../../faults/reference.js';
import type { Sheet } from '../../terminal/console.js';
import { padTo, widthOf } from '../../terminal/width.js';
import { wrap } from '../../terminal/wrap.js';
import type { Entry } from './find-entries.js';

type Paper = Pick<Sheet, 'ink' | 'columns'>;

export function overviewLines(reference: Reference, paper: Paper): readonly string[] {
  const { effects, clauses, notations, groups, operations } = reference;
  const effectsOf = (plane: string) => effects.filter((effect) => effect.plane === plane);
  return [
    'A fault is one sentence:  PLANE EFFECT CLAUSE...',
    paper.ink.dim('  disk latency 200ms jitter 50ms on fsync in pg_wal/** chance 30% for 5m'),
    ...section('Effects of the disk', bySyntax(effectsOf('disk')), paper),
    ...section('Effects of the network', bySyntax(effectsOf('tcp')), paper),
    ...section('Clauses, in any order', bySyntax(clauses), paper),
    ...section(
      'Where',
      notations.map(({ name, meaning }) => [name, meaning]),
      paper,
    ),
    ...section(
      'Groups of operations, for on',
      groups.map(({ name, meaning }) => [name, meaning]),
      paper,
    ),
    '',
    paper.ink.bold('Operations, for on'),
    wrap(operations.join(' '), width(paper), '  '),
    '',
    `One of them, with an example: havock8s effects latency`,
  ];
}

export function entryLines(entry: Entry, paper: Paper): readonly string[] {
  const { ink } = paper;
  switch (entry.kind) {
    case 'effect':
      return [
        ink.bold(`${entry.plane} ${entry.syntax}`),
        wrap(entry.meaning, width(paper), '  '),
        `  Chance and counting are decided for each ${entry.unit}.`,
        `  ${ink.cyan(entry.example)}`,
      ];
    case 'clause':
      return [
        ink.bold(entry.syntax) + ink.dim(`  a clause of ${entry.planes.join(' and ')}`),
        wrap(entry.meaning, width(paper), '  '),
        `  ${ink.cyan(entry.example)}`,
      ];
    case 'group':
      return [
        ink.bold(`on ${entry.name}`) + ink.dim('  a group of operations'),
        `  ${entry.meaning}:`,
        wrap(entry.operations.join(' '), width(paper), '  '),
      ];
    case 'operation':
      return [
        ink.bold(`on ${entry.name}`) + ink.dim(`  an operation, in the groups ${entry.groups.join(', ')}`),
      ];
    case 'errno':
      return [ink.bold(`error ${entry.name}`) + ink.dim(`  error ${entry.number}`), `  ${entry.meaning}`];
    default:
      return assertNever(entry);
  }
}

type Row = readonly [term: string, meaning: string];

const bySyntax = (
  entries: readonly { readonly syntax: string; readonly meaning: string }[],
): readonly Row[] => entries.map(({ syntax, meaning }) => [syntax, meaning]);

/** Terms on the left, their meanings hanging beside them. */
function section(title: string, rows: readonly Row[], paper: Paper): readonly string[] {
  const term = Math.min(22, Math.max(...rows.map(([text]) => widthOf(text)))) + 2;
  return ['', paper.ink.bold(title), ...rows.map((row) => rowLines(row, term, paper))];
}

function rowLines([term, meaning]: Row, termWidth: number, paper: Paper): string {
  const indent = ' '.repeat(termWidth + 2);
  const text = wrap(meaning, width(paper), indent);
  const head = `  ${paper.ink.cyan(padTo(term, termWidth))}`;
  return widthOf(term) > termWidth - 2 ? `${head}\n${text}` : head + text.slice(indent.length);
}

/** Long lines are hard to read, however wide the terminal. */
const width = ({ columns }: Paper): number => Math.min(columns, 100);
