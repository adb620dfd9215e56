/**
 * The run over time, as SVG: lanes below one another, phases above them, and the times of faults as bands across all.
 * Its colours are those of the page around it.
 */
import type { JournalEvent } from '../../journal/events.js';
import { Markup, markup, nothing } from '../markup.js';
import type { PhaseReport } from '../phases.js';
import type { Report } from '../report.js';
import { summaryOf } from '../summary.js';
import { counted, duration } from '../words.js';
import { type Lane, lanesOf } from './lanes.js';
import { type Scale, scaleOf, ticks } from './scale.js';

const row = { top: 48, label: 16, gap: 14 } as const;

export interface Drawing {
  /** Unique in the page. */
  readonly id: string;
  readonly width: number;
  /** For a drawing that stands alone: the rules of its colours. In a page they are those of the page. */
  readonly style?: string;
}

export function drawTimeline(
  report: Report,
  events: readonly JournalEvent[],
  { id, width, style }: Drawing,
): Markup {
  const scale = scaleOf(report.durationMs, { left: 1, right: width - 1 });
  const placed = placedLanes(lanesOf(report, events));
  const height = placed.bottom + 20;
  const alone =
    style === undefined
      ? nothing
      : new Markup(`<style>${style}</style><rect width="100%" height="100%" fill="var(--card)"/>\n`);
  const namespace = style === undefined ? nothing : new Markup(' xmlns="http://www.w3.org/2000/svg"');
  return markup`<svg${namespace} id="${id}" class="timeline" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${`Timeline of ${report.experiment}`}</title>
<desc id="${id}-desc">${described(report)}</desc>
${alone}${report.phases.map((phase, index) => phaseBand(phase, { index, scale }))}
${bands(report, scale, placed.bottom)}
${axis(report.durationMs, scale, placed.bottom)}
${placed.lanes.map(({ lane, y }) => markup`<g>${label(lane, y, width)}${drawn(lane, scale, y)}</g>\n`)}</svg>`;
}

const drawn = (lane: Lane, scale: Scale, y: number): Markup => {
  const marks = lane.draw(scale, y + row.label);
  return markup`${marks}`;
};

function placedLanes(lanes: readonly Lane[]): {
  readonly lanes: readonly { readonly lane: Lane; readonly y: number }[];
  readonly bottom: number;
} {
  let y: number = row.top;
  const placed = lanes.map((lane) => {
    const at = y;
    y += row.label + lane.height + row.gap;
    return { lane, y: at };
  });
  return { lanes: placed, bottom: y };
}

function described(report: Report): string {
  const { faults, probes, phases, durationMs } = report;
  const { verdict } = summaryOf(report);
  const spans = phases.map(({ phase, fromMs, toMs }) => `${phase} ${duration(toMs - fromMs)}`);
  return `${duration(durationMs)} in all: ${spans.join(', ')}. ${counted(faults.length, 'fault')} and ${counted(probes.length, 'probe')}; ${verdict}. The tables below say the same in figures.`;
}

function phaseBand(
  { phase, fromMs, toMs }: PhaseReport,
  { index, scale }: { index: number; scale: Scale },
): Markup {
  const [from, to] = [scale.x(fromMs), scale.x(toMs)];
  if (to - from < 1) return nothing;
  const fits = to - from > phase.length * 7 + 8;
  const name = fits
    ? markup`<text class="phase-name" x="${(from + to) / 2}" y="15" text-anchor="middle">${phase}</text>`
    : nothing;
  return markup`<rect class="phase ${index % 2 === 0 ? 'even' : 'odd'}" x="${from}" y="1" width="${to - from}" height="20"/>${name}\n`;
}

/** While each fault is on, across all lanes. */
const bands = ({ faults }: Report, scale: Scale, bottom: number): readonly Markup[] =>
  faults.map(
    ({ fromMs, toMs }) =>
      markup`<rect class="band" x="${scale.x(fromMs)}" y="40" width="${Math.max(1, scale.x(toMs) - scale.x(fromMs))}" height="${bottom - 40}"/>`,
  );

function axis(durationMs: number, scale: Scale, bottom: number): readonly Markup[] {
  const most = Math.max(2, Math.floor((scale.right - scale.left) / 64));
  return ticks(durationMs, most).map((atMs) => {
    const x = scale.x(atMs);
    const anchor = x < 20 ? 'start' : x > scale.right - 20 ? 'end' : 'middle';
    return markup`<line class="grid" x1="${x}" x2="${x}" y1="40" y2="${bottom}"/><text class="tick" x="${x}" y="35" text-anchor="${anchor}">${shortTime(atMs)}</text><text class="tick" x="${x}" y="${bottom + 14}" text-anchor="${anchor}">${shortTime(atMs)}</text>\n`;
  });
}

/** `0`, `20 s`, `2:30 min`. */
function shortTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds === 0) return '0';
  return seconds < 120
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}

/** Cut to the width; the tables have all of it. */
function label({ title, note }: Lane, y: number, width: number): Markup {
  const room = Math.floor(width / 7) - 1;
  const name = title.length > room ? `${title.slice(0, room - 1)}…` : title;
  const left = room - name.length - 2;
  const rest = note.length > left ? `${note.slice(0, Math.max(0, left - 1))}…` : note;
  return markup`<text class="label" x="2" y="${y + 11}"><tspan class="name">${name}</tspan><tspan${title === '' ? '' : markup` dx="8"`}>${rest}</tspan></text>`;
}
