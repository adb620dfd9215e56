/** What a run can be written as, for others to read. */
import type { Journal } from '../journal/read-journal.js';
import { htmlOf } from './html/page.js';
import { junitOf } from './junit.js';
import { markdownOf } from './markdown.js';
import { pictureOf } from './picture.js';
import type { Report } from './report.js';

export const reportFormats = ['html', 'json', 'junit', 'markdown', 'svg'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export const writeReport: Readonly<Record<ReportFormat, (report: Report, journal: Journal) => string>> = {
  html: htmlOf,
  json: (report) => `${JSON.stringify(report)}\n`,
  junit: junitOf,
  markdown: markdownOf,
  svg: pictureOf,
};
