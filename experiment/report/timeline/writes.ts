/** The writes of the ledger over time: columns of what was acknowledged, on them what was not, and the gaps below. */
import type { TrafficSpan } from '../ledger-report.js';
import { type Markup, markup, nothing } from '../markup.js';
import type { Span } from '../phases.js';
import { duration, moment } from '../words.js';
import { extent, heights } from './marks.js';
import type { Scale } from './scale.js';

/** A long run has more seconds than a drawing has room. */
const mostColumns = 400;

export function writes(
  spans: readonly TrafficSpan[],
  unavailable: readonly Span[],
  { scale, y }: { readonly scale: Scale; readonly y: number },
): readonly Markup[] {
  const columns = joined(spans, Math.ceil(spans.length / mostColumns));
  const most = columns.reduce((high, column) => Math.max(high, rates(column).all), 1);
  const bottom = y + heights.plot;
  return [
    ...columns.map((column) => drawn(column, { most, scale, bottom })),
    ...unavailable.slice(0, mostColumns).map((span) => gap(span, scale, bottom + 3)),
    markup`<line class="grid" x1="${scale.left}" x2="${scale.right}" y1="${bottom}" y2="${bottom}"/><text class="tick" x="${scale.left + 2}" y="${y + 10}">${Math.round(most).toLocaleString('en')} a second</text>`,
  ];
}

type Column = Omit<TrafficSpan, 'p50Ms' | 'p99Ms'>;

function joined(spans: readonly TrafficSpan[], each: number): readonly Column[] {
  if (each <= 1) return spans;
  return Array.from({ length: Math.ceil(spans.length / each) }, (_, index) =>
    oneOf(spans.slice(index * each, (index + 1) * each)),
  );
}

function oneOf(spans: readonly TrafficSpan[]): Column {
  const sum = (of: (span: TrafficSpan) => number): number =>
    spans.reduce((total, span) => total + of(span), 0);
  return {
    fromMs: spans[0]?.fromMs ?? 0,
    toMs: spans.at(-1)?.toMs ?? 0,
    acknowledged: sum(({ acknowledged }) => acknowledged),
    refused: sum(({ refused }) => refused),
    unknown: sum(({ unknown }) => unknown),
  };
}

function rates({ fromMs, toMs, acknowledged, refused, unknown }: Column): {
  readonly good: number;
  readonly bad: number;
  readonly all: number;
} {
  const seconds = Math.max(toMs - fromMs, 1) / 1000;
  const [good, bad] = [acknowledged / seconds, (refused + unknown) / seconds];
  return { good, bad, all: good + bad };
}

function drawn(
  column: Column,
  { most, scale, bottom }: { readonly most: number; readonly scale: Scale; readonly bottom: number },
): Markup {
  const { x, width } = extent(column, scale);
  const { good, bad } = rates(column);
  const [goodHeight, badHeight] = [(good / most) * heights.plot, (bad / most) * heights.plot];
  // Few failures are seen too.
  const seen = bad > 0 ? Math.max(2, badHeight) : 0;
  const says = `${moment(column.fromMs)}: ${Math.round(good)} acknowledged and ${Math.round(bad)} not, a second`;
  const top = bottom - goodHeight - seen;
  const failed =
    seen === 0
      ? nothing
      : markup`<g class="bad"><rect x="${x}" y="${Math.max(bottom - heights.plot, top)}" width="${Math.max(1, width - 1)}" height="${seen}"/></g>`;
  return markup`<g class="writes"><title>${says}</title><rect class="good" x="${x}" y="${bottom - goodHeight}" width="${Math.max(1, width - 1)}" height="${goodHeight}"/>${failed}</g>`;
}

function gap(span: Span, scale: Scale, y: number): Markup {
  const { x, width } = extent(span, scale);
  const says = `no write was acknowledged for ${duration(span.toMs - span.fromMs)}`;
  return markup`<rect class="unavailable" x="${x}" y="${y}" width="${width}" height="5"><title>${says}</title></rect>`;
}
