/** Measures one work in every place, in rounds, so that whatever drifts on the machine drifts for all alike. */
import { HavocError } from '../../sidecar/havoc-error.js';
import { run } from './command.js';
import type { Place } from './place.js';
import type { Measurement } from './result.js';
import type { Size } from './size.js';
import type { Work } from './work.js';

export interface RoundsOptions {
  readonly places: readonly Place[];
  readonly rounds: number;
  readonly size: Size;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

export async function measureRounds(work: Work, options: RoundsOptions): Promise<readonly Measurement[]> {
  const { places, size, signal } = options;
  for (const place of places) await work.prepare?.({ place, size, signal });
  const measurements: Measurement[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    for (const place of rotated(places, round)) {
      measurements.push(await attempt(work, place, options));
      options.progress(line(work, measurements, round + 1));
    }
  }
  return measurements;
}

/** Settles what earlier works left to be written, so that nobody pays for another. */
async function measure(work: Work, place: Place, { size, signal }: RoundsOptions): Promise<Measurement> {
  await run('sync', ['--file-system', place.directory], { signal });
  return { subject: place.subject, label: place.label, value: await work.measure({ place, size, signal }) };
}

/** A place that cannot do a work has no measure of it (passthrough_ll answers EINVAL to direct writes on ext4). */
async function attempt(work: Work, place: Place, options: RoundsOptions): Promise<Measurement> {
  try {
    return await measure(work, place, options);
  } catch (error) {
    if (options.signal.aborted || !(error instanceof HavocError)) throw error;
    options.progress(`${error.code}: ${error.message}`);
    return { subject: place.subject, label: place.label, value: Number.NaN };
  }
}

/** Each round begins with another place. */
export const rotated = <T>(items: readonly T[], by: number): readonly T[] => {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
};

function line(work: Work, measurements: readonly Measurement[], round: number): string {
  const last = measurements.at(-1);
  const told = last && Number.isFinite(last.value) ? last.value.toFixed(0) : 'no';
  return `${work.title}: round ${round}, ${last?.label}: ${told} ${work.unit}`;
}
