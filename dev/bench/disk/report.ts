/** The results of the disk bench as a person reads them. */
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
import type { Subject } from './place.js';

const columns: readonly Column<Row<Subject>>[] = [
  titleColumn,
  unitColumn,
  valueColumn('bare', 'bare'),
  valueColumn('libfuse', 'libfuse'),
  valueColumn('ours', 'idle'),
  valueColumn('10 armed', 'armed'),
  ratioColumn('ours/bare', ['idle', 'bare']),
  ratioColumn('ours/libfuse', ['idle', 'libfuse']),
  ratioColumn('armed/ours', ['armed', 'idle']),
  goalColumn(),
];

export const report = (rows: readonly Row<Subject>[], ink: Ink): string =>
  `${tableOf(columns, rows, ink)}\n${costLine(costOf(rows, ['armed', 'idle']))}`;
