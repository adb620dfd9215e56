/** Many measurements of one work become one number a subject. */
import type { Subject } from './place.js';
import type { Work } from './work.js';

export interface Measurement {
  readonly subject: Subject;
  readonly label: string;
  readonly value: number;
}

/** What `--json` writes: null is what a subject has no measure of. */
export interface Result {
  readonly work: string;
  readonly unit: string;
  readonly subjects: Readonly<Record<Subject, number | null>>;
}

export function resultOf(work: Work, measurements: readonly Measurement[]): Result {
  const of = (subject: Subject): number | null =>
    bestMedian(
      work,
      measurements.filter((measurement) => measurement.subject === subject),
    );
  return {
    work: work.name,
    unit: work.unit,
    subjects: { bare: of('bare'), libfuse: of('libfuse'), idle: of('idle'), armed: of('armed') },
  };
}

/** The median of each label's rounds, then the best label. */
function bestMedian(work: Work, measurements: readonly Measurement[]): number | null {
  const labels = [...new Set(measurements.map(({ label }) => label))];
  const medians = labels
    .map((label) => median(measurements.filter((one) => one.label === label).map(({ value }) => value)))
    .filter((value) => Number.isFinite(value));
  if (medians.length === 0) return null;
  return work.better === 'more' ? Math.max(...medians) : Math.min(...medians);
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** How many times as good `subject` is as `against`, whichever way the work counts. */
export function ratio(
  work: Work,
  result: Result,
  [subject, against]: readonly [Subject, Subject],
): number | null {
  const own = result.subjects[subject];
  const other = result.subjects[against];
  if (!own || !other) return null;
  return work.better === 'more' ? own / other : other / own;
}
