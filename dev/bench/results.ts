/** Many measurements of one metric become one number a target. */
import type { Metric } from './benchmark.js';

export interface Measurement {
  readonly metric: string;
  readonly target: string;
  readonly label: string;
  /** NaN of a round that failed. */
  readonly value: number;
}

/** What `--json` writes: null is what a target has no measure of. */
export interface Result {
  readonly metric: string;
  readonly unit: string;
  readonly targets: Readonly<Record<string, number | null>>;
}

/** Of two targets: the one, against the other. */
export type Pair = readonly [target: string, against: string];

export const resultOf = (
  metric: Metric,
  measurements: readonly Measurement[],
  targets: readonly string[],
): Result => ({
  metric: metric.name,
  unit: metric.unit,
  targets: Object.fromEntries(
    targets.map((target) => [target, bestMedian(metric, of(measurements, metric, target))]),
  ),
});

const of = (measurements: readonly Measurement[], { name }: Metric, target: string): readonly Measurement[] =>
  measurements.filter((one) => one.metric === name && one.target === target);

/** The median of each label's rounds, then the best label. A round that failed says nothing of the others. */
function bestMedian({ better }: Metric, measurements: readonly Measurement[]): number | null {
  const finite = measurements.filter(({ value }) => Number.isFinite(value));
  const medians = [...new Set(finite.map(({ label }) => label))].map((label) =>
    median(finite.filter((one) => one.label === label).map(({ value }) => value)),
  );
  if (medians.length === 0) return null;
  return better === 'more' ? Math.max(...medians) : Math.min(...medians);
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** How many times as good one target is as the other, whichever way the metric counts. */
export const ratio = (metric: Metric, { targets }: Result, [target, against]: Pair): number | null =>
  timesAsGood(metric, targets[target], targets[against]);

/** The same in each round that measured both. */
export function roundRatios(
  metric: Metric,
  measurements: readonly Measurement[],
  [target, against]: Pair,
): readonly number[] {
  const others = of(measurements, metric, against);
  return of(measurements, metric, target)
    .map(({ value }, round) => timesAsGood(metric, value, others[round]?.value))
    .filter((value) => value !== null);
}

/** Null where one of them was not measured. */
function timesAsGood(
  { better }: Metric,
  own: number | null | undefined,
  other: number | null | undefined,
): number | null {
  if (!own || !other) return null;
  return better === 'more' ? own / other : other / own;
}
