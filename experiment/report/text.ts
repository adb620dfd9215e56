/** A run in a few lines, for a terminal. */
import { printable } from '../../core/printable.js';
import type { Report } from './report.js';
import { summaryOf } from './summary.js';

/** A title, and below it what belongs to it. */
export interface Paragraph {
  readonly title: string;
  readonly lines: readonly string[];
}

export function paragraphsOf(report: Report): readonly Paragraph[] {
  const { verdict, headline, tried, held, failed, meaning } = summaryOf(report);
  const { judgement, journal } = report;
  const flaws = [
    ...(journal.isCut ? ['its last line is cut, and was left out'] : []),
    ...(journal.unknown > 0
      ? [`${journal.unknown} lines are of a type that this version does not know`]
      : []),
  ];
  return [
    {
      title: `${verdict}  ${report.experiment}`,
      lines: [headline, ...(judgement === null ? [] : [`${judgement.reason}: ${judgement.message}`])],
    },
    { title: 'What was tried', lines: tried },
    { title: 'What held', lines: held },
    { title: 'What did not', lines: failed },
    { title: 'What it means', lines: [meaning] },
    { title: 'The journal', lines: flaws },
  ]
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => ({ title: printable(title), lines: lines.map(printable) }));
}
