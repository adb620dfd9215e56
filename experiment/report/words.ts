/** Numbers as people read them. */

/** `9 ms`, `1.50 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 0.05) return '<0.1 ms';
  if (ms < 0.95) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A moment of the run. */
export const moment = (atMs: number): string => `${(atMs / 1000).toFixed(1)} s`;

/** `2 faults`, `1 probe`, `3 retries`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** Never `0%` for what happened, nor `100%` for what did not always. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1%';
  if (share < 1 && share > 0.999) return '>99.9%';
  return `${Number((share * 100).toFixed(1))}%`;
}

/** A list that stays one. */
export const firstOf = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most), `and ${lines.length - most} more, in the journal`];

/** A number of whatever unit, as short as it says something. */
export const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });
