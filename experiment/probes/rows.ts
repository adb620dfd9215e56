/** What a database answered to a query, as a condition asks for it. */
import type { Answer } from './answer.js';

/** More are not kept for the condition. */
const mostRows = 1000;

/** `value` is the first column of the first row. */
export function rowsAnswer(rows: readonly unknown[]): Answer {
  const value: unknown = Object.values(rows[0] ?? {})[0] ?? null;
  return {
    kind: 'values',
    values: { rows: rows.slice(0, mostRows), value },
    seen: rows.length === 0 ? 'answer no row' : seenValue(value),
  };
}

/** In a line. */
export function seenValue(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `answer ${text.slice(0, 200)}`;
}
