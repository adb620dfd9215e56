/** What a file expects, as the journal begins with it. */
import type { Expected } from '../journal/events.js';
import type { Plan } from './plan.js';

/** So that the journal can be read without the file. */
export function expectedOf(plan: Plan): Expected {
  const { description, recoveryObjectiveMs, minimumMeasurements, minimumHits, probes } = plan;
  const bound = (most: number): number | null => (Number.isFinite(most) ? most : null);
  return {
    ...{ description, recoveryObjectiveMs, minimumMeasurements, minimumHits },
    probes: probes.map(({ name, says, during: { failures, consecutive } }) => ({
      ...{ name, says, failures: bound(failures), consecutive: bound(consecutive) },
    })),
  };
}
