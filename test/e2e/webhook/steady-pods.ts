/**
 * Pods that ask to be injected, made one after the other without end, by whatever else goes on; and what became of
 * each.
 */
import type { Environment } from '../environment.js';
import { type Asked, ask, gatedPod } from './asking-pod.js';

export interface Steady {
  readonly asked: readonly Asked[];
  /** Of pods that the API server did not take. */
  readonly refused: readonly unknown[];
}

/** So many at least, however soon all is over: fewer show little. */
const least = 12;

/** Resolves when `meanwhile` is over, and the pod that was asked for then is there. */
export async function steadyPods(environment: Environment, meanwhile: () => Promise<void>): Promise<Steady> {
  const asked: Asked[] = [];
  const refused: unknown[] = [];
  let isOver = false;
  const work = async (): Promise<void> => {
    for (let count = 0; !isOver || count < least; count++)
      await ask(environment, gatedPod(`steady-${count}`)).then(
        (made) => asked.push(made),
        (error: unknown) => refused.push(error),
      );
  };
  const working = work();
  try {
    await meanwhile();
  } finally {
    isOver = true;
    await working;
  }
  return { asked, refused };
}
