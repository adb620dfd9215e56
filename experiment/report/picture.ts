/** The timeline of a run as a picture that stands alone: an SVG file with its own colours, light and dark. */
import type { Journal } from '../journal/read-journal.js';
import { colours, timelineStyle } from './html/style.js';
import type { Report } from './report.js';
import { drawTimeline } from './timeline/draw-timeline.js';

const width = 1080;

export function pictureOf(report: Report, { events }: Journal): string {
  const style = [colours, timelineStyle].join('\n');
  const { text } = drawTimeline(report, events, { id: 'timeline', width, style });
  return `${text.replaceAll(hints, '')}\n`;
}

/** What a mark says to who points at it: in an image of a page nobody can. That of the whole has an id, and stays. */
const hints = /<title>[^<]*<\/title>/g;
