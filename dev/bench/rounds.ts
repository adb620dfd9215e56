/** Measures one benchmark of every target, in rounds, so that whatever drifts on the machine drifts for all alike. */
import { HavocError } from '../../core/havoc-error.js';
import { type Benchmark, type Context, metricsOf, type Target } from './benchmark.js';
import { amount } from './report.js';
import type { Measurement } from './results.js';

export interface RoundsOptions<T extends Target, Size> {
  readonly contexts: readonly Context<T, Size>[];
  readonly rounds: number;
  /** Measures everything once before that, and does not count it: code that runs for the first time is not compiled yet. */
  readonly warmUp: boolean;
  readonly progress: (line: string) => void;
  /** Before each measurement. */
  cooldown?(context: Context<T, Size>): Promise<unknown>;
}

export async function measureRounds<T extends Target, Size>(
  benchmark: Benchmark<T, Size>,
  options: RoundsOptions<T, Size>,
): Promise<readonly Measurement[]> {
  const contexts = options.contexts.filter(({ target }) => benchmark.targets?.includes(target.name) ?? true);
  for (const context of contexts) await benchmark.prepare?.(context);
  if (options.warmUp && !benchmark.once)
    for (const context of contexts) await attempt(benchmark, context, { ...options, progress: () => {} });
  const measurements: Measurement[] = [];
  const rounds = benchmark.once ? 1 : options.rounds;
  for (let round = 1; round <= rounds; round += 1) {
    for (const context of rotated(contexts, round - 1)) {
      const told = await attempt(benchmark, context, options);
      measurements.push(...told);
      options.progress(
        `${benchmark.title}: round ${round}, ${context.target.label}: ${lineOf(benchmark, told)}`,
      );
    }
  }
  return measurements;
}

/** A target that cannot do it has no measure of it (passthrough_ll answers EINVAL to direct writes on ext4). */
async function attempt<T extends Target, Size>(
  benchmark: Benchmark<T, Size>,
  context: Context<T, Size>,
  options: RoundsOptions<T, Size>,
): Promise<readonly Measurement[]> {
  const { name: target, label } = context.target;
  const measured = (values: readonly number[]): readonly Measurement[] =>
    metricsOf(benchmark).map(({ name }, index) => ({
      metric: name,
      target,
      label,
      value: values[index] ?? Number.NaN,
    }));
  try {
    await options.cooldown?.(context);
    return measured([await benchmark.measure(context)].flat());
  } catch (error) {
    if (context.signal.aborted || !(error instanceof HavocError)) throw error;
    options.progress(`${error.code}: ${error.message}`);
    return measured([]);
  }
}

/** Each round begins with another target. */
export const rotated = <T>(items: readonly T[], by: number): readonly T[] => {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
};

const lineOf = <T extends Target, Size>(
  benchmark: Benchmark<T, Size>,
  told: readonly Measurement[],
): string =>
  metricsOf(benchmark)
    .map(({ unit }, index) => `${amount(told[index]?.value ?? null)} ${unit}`)
    .join(', ');
