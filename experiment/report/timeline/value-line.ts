/** A number over time, such as how far a replica is behind: a line from each measurement to the next, from zero up. */
import { type Markup, markup } from '../markup.js';
import { moment, number } from '../words.js';
import { heights } from './marks.js';
import type { Scale } from './scale.js';

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** Units of the drawing within which one point is enough. */
const columnWidth = 3;

export function valueLine(points: readonly Point[], scale: Scale, y: number): Markup {
  const seen = highest(points, scale);
  const [low, high] = seen.reduce(
    ([least, most], { value }) => [Math.min(least, value), Math.max(most, value)],
    [0, 0],
  );
  const span = high - low || 1;
  const height = (value: number): number => y + heights.plot - ((value - low) / span) * heights.plot;
  const path = seen.map(({ atMs, value }) => `${scale.x(atMs)},${height(value)}`).join(' ');
  const grid = [low, high].map(
    (value) =>
      markup`<line class="grid" x1="${scale.left}" x2="${scale.right}" y1="${height(value)}" y2="${height(value)}"/>`,
  );
  const names = [low, high].map(
    (value, index) =>
      markup`<text class="tick" x="${scale.left + 2}" y="${height(value) + (index === 0 ? -3 : 10)}">${number(value)}</text>`,
  );
  const dots = seen.map(
    ({ atMs, value }) =>
      markup`<circle class="value" cx="${scale.x(atMs)}" cy="${height(value)}" r="2"><title>${`${moment(atMs)}: ${number(value)}`}</title></circle>`,
  );
  return markup`${grid}<polyline class="value-line" points="${path}"/>${dots}${high === low ? names.slice(0, 1) : names}`;
}

/** Of those that fall together the one that is farthest from zero. */
function highest(points: readonly Point[], scale: Scale): readonly Point[] {
  const columns = new Map<number, Point>();
  for (const point of points) {
    const column = Math.floor(scale.x(point.atMs) / columnWidth);
    const known = columns.get(column);
    if (known === undefined || Math.abs(point.value) > Math.abs(known.value)) columns.set(column, point);
  }
  return [...columns.values()];
}
