/** How long something took, and what came of it. */
import { errnoName } from '../../../conformance/observe.js';

export interface Timed<T> {
  readonly ms: number;
  readonly outcome: T | string;
}

export async function timed<T>(act: () => Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const outcome = await act().catch(errnoName);
  return { ms: performance.now() - start, outcome };
}
