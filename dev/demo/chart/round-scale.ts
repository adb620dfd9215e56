/** The end of an axis that begins at zero. */

/** To the next 1, 2, 4, 6 or 8 of a power of ten: the half of each is as short. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8].find((digit) => digit * power >= value) ?? 10) * power;
}

const leastMostBytes = 1e6;

/** Of a lag: one megabyte at least, so that calm looks calm. */
export const roundBytes = (columns: readonly (number | null)[]): number =>
  roundUp(columns.reduce((most: number, bytes) => Math.max(most, bytes ?? 0), leastMostBytes));
