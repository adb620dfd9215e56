/** What a step is called, by its file or by what it does. */
import type { Step } from './step.js';

const verbs = ['fault', 'kill', 'wait', 'probe', 'ramp', 'parallel', 'repeat'] as const;

/** Its own, or one after what it does: `fault-2` is the second of its list, and a fault. */
export const nameOf = (step: Step, index: number): string =>
  step.name ?? `${verbs.find((verb) => step[verb] !== undefined) ?? 'step'}-${index + 1}`;
