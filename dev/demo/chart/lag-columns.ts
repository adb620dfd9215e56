/** The replica's lag, gathered by time for a chart: the most of each column, null where nothing was known for long. */
import type { LagSample } from '../replica/lag.js';
import type { BucketsOptions } from './buckets.js';

/** Two databases and a busy machine do not answer on the dot. */
const toleratedMs = 750;

export function lagColumns(
  samples: readonly LagSample[],
  { durationMs, count }: BucketsOptions,
): readonly (number | null)[] {
  const widthMs = durationMs / count;
  const most = new Map<number, number>();
  for (const { atMs, bytes } of samples) {
    const column = Math.min(count - 1, Math.floor(atMs / widthMs));
    most.set(column, Math.max(most.get(column) ?? 0, bytes));
  }
  const reach = Math.floor(toleratedMs / widthMs);
  return Array.from({ length: count }, (_, column) => most.get(column) ?? lastBefore(most, column, reach));
}

/** What was known at most `reach` columns before. */
function lastBefore(most: ReadonlyMap<number, number>, column: number, reach: number): number | null {
  for (let before = column - 1; before >= column - reach; before -= 1) {
    const bytes = most.get(before);
    if (bytes !== undefined) return bytes;
  }
  return null;
}
