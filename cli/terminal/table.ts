/** Columns that are as wide as what is in them, the last one as wide as the terminal still allows. */
import type { Ink } from './ink.js';
import { cutTo, padTo, widthOf } from './width.js';

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  text(row: Row): string;
  /** Paints the cell once it has its width. */
  paint?(row: Row, ink: Ink): (text: string) => string;
}

export interface TableOptions {
  readonly ink: Ink;
  /** Of the terminal; Infinity where nothing is to be cut. */
  readonly width: number;
}

const gap = '  ';

export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { ink, width }: TableOptions,
): readonly string[] {
  const widths = columns.map((column) =>
    Math.max(...[column.title, ...rows.map((row) => column.text(row))].map(widthOf)),
  );
  const room = roomOfLast(widths, width);
  const cell = (index: number, text: string): string => {
    if (index === columns.length - 1) return cutTo(text, room);
    const columnWidth = widths[index] ?? 0;
    if (columns[index]?.align !== 'right') return padTo(text, columnWidth);
    return ' '.repeat(columnWidth - widthOf(text)) + text;
  };
  const heading = columns.map(({ title }, index) => ink.dim(cell(index, title))).join(gap);
  const body = rows.map((row) =>
    columns.map((column, index) => paintCell(column, row, ink)(cell(index, column.text(row)))).join(gap),
  );
  return [heading, ...body].map((line) => line.trimEnd());
}

const unpainted = (text: string): string => text;

function paintCell<Row>(column: Column<Row>, row: Row, ink: Ink): (text: string) => string {
  return column.paint?.(row, ink) ?? unpainted;
}

/** Never so little that nothing of it shows. */
function roomOfLast(widths: readonly number[], width: number): number {
  const others = widths.slice(0, -1).reduce((sum, one) => sum + one + gap.length, 0);
  return Math.max(12, width - others);
}
