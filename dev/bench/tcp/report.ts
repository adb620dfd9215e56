/** The results of the TCP bench as a person reads them: what was measured, then how it compares with HAProxy. */
import type { Ink } from '../../../cli/terminal/ink.js';
import type { Column } from '../../../cli/terminal/table.js';
import {
  costLine,
  costOf,
  goalColumn,
  type Row,
  ratioColumn,
  tableOf,
  titleColumn,
  unitColumn,
  valueColumn,
} from '../table.js';
import { type Subject, subjects } from './place.js';

const titles: Readonly<Partial<Record<Subject, string>>> = { armed: '10 armed' };

const measured: readonly Column<Row<Subject>>[] = [
  titleColumn,
  ...subjects.map((subject) => valueColumn(titles[subject] ?? subject, subject)),
  unitColumn,
];

const compared: readonly Column<Row<Subject>>[] = [
  { ...titleColumn, title: 'times as good as haproxy' },
  ...subjects
    .filter((subject) => subject !== 'haproxy')
    .map((subject) => ratioColumn(titles[subject] ?? subject, [subject, 'haproxy'])),
  goalColumn(),
];

export const report = (rows: readonly Row<Subject>[], ink: Ink): string =>
  [
    tableOf(measured, rows, ink),
    '',
    tableOf(compared, rows, ink),
    costLine(costOf(rows.filter(isRate), ['armed', 'forward'])),
  ].join('\n');

/** The times of the same requests would count them twice. */
const isRate = ({ figure }: Row<Subject>): boolean => figure.better === 'more';
