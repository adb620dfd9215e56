/** The results of the bench of the webhook as a person reads them. */
import type { Ink } from '../../../cli/terminal/ink.js';
import type { Column } from '../../../cli/terminal/table.js';
import {
  goalColumn,
  type Row,
  ratioColumn,
  spreadColumn,
  tableOf,
  titleColumn,
  unitColumn,
  valueColumn,
} from '../table.js';
import type { Subject } from './subject.js';

const pair = ['ours', 'compare'] as const;

const columns: readonly Column<Row<Subject>>[] = [
  titleColumn,
  unitColumn,
  valueColumn('ours', 'ours'),
  valueColumn('compare', 'compare'),
  ratioColumn('ours/compare', pair),
  spreadColumn('in rounds', pair),
  goalColumn(),
];

export const report = (rows: readonly Row<Subject>[], ink: Ink): string => `${tableOf(columns, rows, ink)}\n`;
