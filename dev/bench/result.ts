/** Many measurements of one figure become one number a subject. */
import type { Figure } from './work.js';

export interface Measurement<Subject extends string> {
  /** The name of what was measured. */
  readonly figure: string;
  readonly subject: Subject;
  readonly label: string;
  readonly value: number;
}

/** What `--json` writes: null is what a subject has no measure of. */
export interface Result {
  readonly work: string;
  readonly unit: string;
  readonly subjects: Readonly<Record<string, number | null>>;
}

export function resultOf<Subject extends string>(
  figure: Figure<Subject>,
  measurements: readonly Measurement<Subject>[],
  subjects: readonly Subject[],
): Result {
  const own = measurements.filter((one) => one.figure === figure.name);
  const of = (subject: Subject): number | null =>
    bestMedian(
      figure,
      own.filter((one) => one.subject === subject),
    );
  return {
    work: figure.name,
    unit: figure.unit,
    subjects: Object.fromEntries(subjects.map((subject) => [subject, of(subject)])),
  };
}

/** The median of each label's rounds, then the best label. */
function bestMedian<Subject extends string>(
  figure: Figure<Subject>,
  measurements: readonly Measurement<Subject>[],
): number | null {
  const labels = [...new Set(measurements.map(({ label }) => label))];
  const medians = labels
    .map((label) => median(finite(measurements.filter((one) => one.label === label))))
    .filter((value) => Number.isFinite(value));
  if (medians.length === 0) return null;
  return figure.better === 'more' ? Math.max(...medians) : Math.min(...medians);
}

/** A round that failed has been told, and says nothing of the others. */
const finite = (measurements: readonly Measurement<string>[]): readonly number[] =>
  measurements.map(({ value }) => value).filter((value) => Number.isFinite(value));

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** How many times as good `subject` is as `against`, whichever way the figure counts. */
export function ratio<Subject extends string>(
  figure: Figure<Subject>,
  result: Result,
  [subject, against]: readonly [Subject, Subject],
): number | null {
  return timesAsGood(figure, result.subjects[subject], result.subjects[against]);
}

/** The same in each round that measured both. */
export function roundRatios<Subject extends string>(
  figure: Figure<Subject>,
  measurements: readonly Measurement<Subject>[],
  [subject, against]: readonly [Subject, Subject],
): readonly number[] {
  const of = (wanted: Subject): readonly number[] =>
    measurements
      .filter((one) => one.figure === figure.name && one.subject === wanted)
      .map(({ value }) => value);
  const others = of(against);
  return of(subject)
    .map((own, round) => timesAsGood(figure, own, others[round]))
    .filter((value) => value !== null);
}

/** Null where one of them was not measured. */
function timesAsGood(
  { better }: Pick<Figure<string>, 'better'>,
  own: number | null | undefined,
  other: number | null | undefined,
): number | null {
  if (!own || !other) return null;
  return better === 'more' ? own / other : other / own;
}
