/** Measures one work in every place, in rounds, so that whatever drifts on the machine drifts for all alike. */
import { HavocError } from '../../core/havoc-error.js';
import { amount } from './amount.js';
import type { Measurement } from './result.js';
import { type Context, figuresOf, type SubjectOf, type Work } from './work.js';

export interface RoundsOptions<C extends Context> {
  readonly contexts: readonly C[];
  readonly rounds: number;
  readonly progress: (line: string) => void;
  /** Before each measurement. */
  readonly settle?: (context: C) => Promise<void>;
}

type Measurements<C extends Context> = readonly Measurement<SubjectOf<C>>[];

export async function measureRounds<C extends Context>(
  work: Work<C>,
  options: RoundsOptions<C>,
): Promise<Measurements<C>> {
  const contexts = options.contexts.filter(
    ({ place }) => work.subjects?.some((subject) => subject === place.subject) ?? true,
  );
  for (const context of contexts) await work.prepare?.(context);
  const measurements: Measurement<SubjectOf<C>>[] = [];
  const rounds = work.once ? 1 : options.rounds;
  for (let round = 1; round <= rounds; round += 1) {
    for (const context of rotated(contexts, round - 1)) {
      const told = await attempt(work, context, options);
      measurements.push(...told);
      options.progress(`${work.title}: round ${round}, ${context.place.label}: ${line(work, told)}`);
    }
  }
  return measurements;
}

/** A place that cannot do a work has no measure of it (passthrough_ll answers EINVAL to direct writes on ext4). */
async function attempt<C extends Context>(
  work: Work<C>,
  context: C,
  options: RoundsOptions<C>,
): Promise<Measurements<C>> {
  try {
    await options.settle?.(context);
    return measurements(work, context, await work.measure(context));
  } catch (error) {
    if (context.signal.aborted || !(error instanceof HavocError)) throw error;
    options.progress(`${error.code}: ${error.message}`);
    return measurements(work, context, []);
  }
}

function measurements<C extends Context>(
  work: Work<C>,
  { place: { subject, label } }: C,
  told: number | readonly number[],
): Measurements<C> {
  const values = typeof told === 'number' ? [told] : told;
  return figuresOf(work).map(({ name }, index) => ({
    figure: name,
    subject,
    label,
    value: values[index] ?? Number.NaN,
  }));
}

/** Each round begins with another place. */
export const rotated = <T>(items: readonly T[], by: number): readonly T[] => {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
};

const line = <C extends Context>(work: Work<C>, told: Measurements<C>): string =>
  figuresOf(work)
    .map(({ unit }, index) => `${amount(told[index]?.value ?? null)} ${unit}`)
    .join(', ');
