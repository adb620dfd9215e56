/** What a bench measures, of whom, in which unit, and what is to be reached. */

/** Who is measured, opened and ready. */
export interface Place<Subject extends string = string> {
  readonly subject: Subject;
  /** Tells apart the ways one subject is run, as `libfuse (1 thread)`; the best of them counts. */
  readonly label: string;
}

/** All a work knows of one place. */
export interface Context {
  readonly place: Place;
  readonly signal: AbortSignal;
}

export type SubjectOf<C extends Context> = C['place']['subject'];

/** One row of the results. */
export interface Figure<Subject extends string> {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** False where other subjects' numbers are told, not judged by. */
  readonly compared?: false;
  readonly goals: readonly Goal<Subject>[];
}

/** Holds when it holds for each of `of`. */
export type Goal<Subject extends string> =
  /** At least this many times as good as `against`. */
  | {
      readonly kind: 'ratio';
      readonly of: readonly Subject[];
      readonly against: Subject;
      readonly atLeast: number;
    }
  /** Over this many of the figure's unit. */
  | { readonly kind: 'above'; readonly of: readonly Subject[]; readonly bound: number }
  /** Under this many of the figure's unit. */
  | { readonly kind: 'below'; readonly of: readonly Subject[]; readonly bound: number }
  /** As near as `tolerance` to `target`, which is counted from what `above` has where that is given. */
  | {
      readonly kind: 'near';
      readonly of: readonly Subject[];
      readonly target: number;
      readonly tolerance: number;
      readonly above?: Subject;
    };

export interface Work<C extends Context> extends Figure<SubjectOf<C>> {
  /** What else one measurement tells. */
  readonly also?: readonly Figure<SubjectOf<C>>[];
  /** Whom it asks anything of; everybody without it. */
  readonly subjects?: readonly SubjectOf<C>[];
  /** In one round, whatever was asked for: others would find what the first left. */
  readonly once?: true;
  /** Once a place, before the first round. */
  prepare?(context: C): Promise<void>;
  /** One number, or with `also` one for each figure in order. */
  measure(context: C): Promise<number | readonly number[]>;
}

export const figuresOf = <C extends Context>(work: Work<C>): readonly Figure<SubjectOf<C>>[] => [
  work,
  ...(work.also ?? []),
];
