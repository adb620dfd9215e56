/**
 * What a lane of the timeline holds, drawn. Outcomes differ by height and shape, not by colour alone: a success is low
 * and filled, a failure tall with a cross, what said nothing an outline.
 */
import type { Outcome } from '../../journal/events.js';
import { type Markup, markup } from '../markup.js';
import type { Span } from '../phases.js';
import type { Measured } from '../probe-report.js';
import { duration, moment } from '../words.js';
import { decades, type Scale } from './scale.js';

const laneHeight = 16;
const leastWidth = 3;
/** Of a failure, above its bar. */
const crossHeight = 10;

/** `kind` is its class. */
export function bar(span: Span, kind: string, { scale, y, says }: Place): Markup {
  const { x, width } = extent(span, scale);
  return markup`<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${laneHeight}" rx="3"><title>${says}</title></rect>`;
}

export interface Place {
  readonly scale: Scale;
  /** Of its upper edge. */
  readonly y: number;
  readonly says: string;
}

export function extent(
  { fromMs, toMs }: Span,
  { x, right }: Scale,
): { readonly x: number; readonly width: number } {
  const from = Math.min(x(fromMs), right - leastWidth);
  return { x: from, width: Math.max(leastWidth, x(toMs) - from) };
}

export const isLearned = ({ outcome }: Measured): boolean => outcome === 'Successful' || outcome === 'Failed';

/** From its begin to its answer: who waits long is seen to. */
export function measurement(measured: Measured, scale: Scale, y: number): Markup {
  const { atMs, tookMs, outcome, seen } = measured;
  const { x, width } = extent({ fromMs: atMs - tookMs, toMs: atMs }, scale);
  const title = markup`<title>${`${moment(atMs)}, ${outcome}: ${seen}`}</title>`;
  const [middle, top] = [x + width / 2, y + crossHeight];
  const bottom = top + laneHeight;
  switch (outcome) {
    case 'Successful':
      return markup`<rect class="good" x="${x}" y="${bottom - 7}" width="${width}" height="7">${title}</rect>`;
    case 'Failed':
      return markup`<g class="bad">${title}<rect x="${x}" y="${top}" width="${width}" height="${laneHeight}"/>${cross(middle, y + 4)}</g>`;
    default:
      return markup`<rect class="unlearned" x="${x + 0.5}" y="${bottom - 11.5}" width="${Math.max(3, width - 1)}" height="11">${title}</rect>`;
  }
}

const cross = (x: number, y: number): Markup => markup`<path d="M${x - 3} ${y - 3}l6 6m0 -6l-6 6"/>`;

const plotHeight = 56;

/** On a scale of powers of ten, so that milliseconds and seconds are seen in one picture. */
export function latencies(measured: readonly Measured[], scale: Scale, y: number): Markup {
  const lines = decades(measured.map(({ tookMs }) => tookMs));
  const [low = 1, high = 10] = [lines.at(0), lines.at(-1)];
  const height = (ms: number): number =>
    y + plotHeight - (Math.log10(Math.max(low, ms) / low) / Math.log10(high / low)) * plotHeight;
  const grid = lines.map(
    (ms) =>
      markup`<line class="grid" x1="${scale.left}" x2="${scale.right}" y1="${height(ms)}" y2="${height(ms)}"/>`,
  );
  const names = [low, high].map(
    (ms) =>
      markup`<text class="tick" x="${scale.left + 2}" y="${height(ms) + (ms === low ? -3 : 10)}">${duration(ms)}</text>`,
  );
  const points = measured.map(({ atMs, tookMs, outcome }) =>
    outcome === 'Failed'
      ? markup`<g class="bad">${cross(scale.x(atMs), height(tookMs))}</g>`
      : markup`<circle class="good" cx="${scale.x(atMs)}" cy="${height(tookMs)}" r="2.2"/>`,
  );
  return markup`${grid}${points}${names}`;
}

export const heights = {
  lane: laneHeight,
  measurements: crossHeight + laneHeight,
  plot: plotHeight,
  writes: plotHeight + 8,
} as const;

const badness: Readonly<Record<Outcome, number>> = { Successful: 0, Inconclusive: 1, Error: 1, Failed: 2 };

/** No more than can be seen: of those that fall together the worst is drawn, and of these the slowest. */
export function thinned(measured: readonly Measured[], scale: Scale): readonly Measured[] {
  const worst = new Map<number, Measured>();
  for (const one of measured) {
    const column = Math.floor(scale.x(one.atMs) / leastWidth);
    const known = worst.get(column);
    if (known === undefined || isWorse(one, known)) worst.set(column, one);
  }
  return [...worst.values()];
}

const isWorse = (one: Measured, other: Measured): boolean =>
  badness[one.outcome] - badness[other.outcome] > 0 ||
  (badness[one.outcome] === badness[other.outcome] && one.tookMs > other.tookMs);
