/** What a bench measures, of what, in which unit, and what is to be reached. */

/** What is measured, opened and ready. */
export interface Target {
  readonly name: string;
  /** Tells apart the ways one target is run, as `libfuse, one thread`; the best of them counts. */
  readonly label: string;
}

/** All a benchmark knows of one target. `Size` is how much of each is done. */
export interface Context<T extends Target, Size> {
  readonly target: T;
  readonly size: Size;
  readonly signal: AbortSignal;
}

/** One row of the results. */
export interface Metric {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** False where other targets' numbers are told, not judged by. */
  readonly compared?: false;
  readonly goals?: readonly Goal[];
}

/** Holds when it holds for each target of `of`. */
export type Goal = { readonly of: readonly string[] } & (
  | /** At least this many times as good as `against`. */
  { readonly kind: 'ratio'; readonly against: string; readonly atLeast: number }
  | /** Over this many of the metric's unit. */ { readonly kind: 'above'; readonly bound: number }
  | /** Under this many of the metric's unit. */ { readonly kind: 'below'; readonly bound: number }
  /** As near as `tolerance` to `value`, which is counted from what `base` has where that is given. */
  | { readonly kind: 'near'; readonly value: number; readonly tolerance: number; readonly base?: string }
);

export interface Benchmark<T extends Target, Size> extends Metric {
  /** What else one measurement tells. */
  readonly also?: readonly Metric[];
  /** Those that are asked; all without it. */
  readonly targets?: readonly string[];
  /** In one round, whatever was asked for: others would find what the first left. */
  readonly once?: true;
  /** Once a target, before the first round. */
  prepare?(context: Context<T, Size>): Promise<unknown>;
  /** One number, or with `also` one for each metric in order. */
  measure(context: Context<T, Size>): Promise<number | readonly number[]>;
}

export const metricsOf = ({
  also = [],
  ...metric
}: Metric & { also?: readonly Metric[] }): readonly Metric[] => [metric, ...also];
