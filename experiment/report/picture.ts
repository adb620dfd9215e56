/** The timeline of a run as a picture that stands alone: an SVG file with its own colours, light and dark. */
import type { Journal } from '../journal/read-journal.js';
import { colours, timelineStyle } from './html/style.js';
import type { Report } from './report.js';
import { drawTimeline } from './timeline/draw-timeline.js';

const width = 1080;

export const pictureOf = (report: Report, { events }: Journal): string =>
  `${drawTimeline(report, events, { id: 'timeline', width, style: [colours, timelineStyle].join('\n') }).text}\n`;
