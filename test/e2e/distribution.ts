/** Figures for the log: of a machine that others share a median alone says too little. */

/** Of one value at least; the nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** `min 12, median 40, p90 80, p99 95, max 95 of 64` */
export function tellDistribution(values: readonly number[], digits = 0): string {
  const told = ([name, share]: readonly [string, number]): string =>
    `${name} ${quantile(values, share).toFixed(digits)}`;
  return `${ranks.map(told).join(', ')} of ${values.length}`;
}

const ranks = [
  ['min', 0],
  ['median', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['max', 1],
] as const;
