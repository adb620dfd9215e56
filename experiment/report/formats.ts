/** What a run can be written as, for others to read. */
import { junitOf } from './junit.js';
import { markdownOf } from './markdown.js';
import type { Report } from './report.js';

export const reportFormats = ['json', 'junit', 'markdown'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export const writeReport: Readonly<Record<ReportFormat, (report: Report) => string>> = {
  json: (report) => `${JSON.stringify(report)}\n`,
  junit: junitOf,
  markdown: markdownOf,
};
