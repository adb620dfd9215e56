/** All steps of a list, those within others too, each with where it stands: what problems are told of. */
import type { Path } from '../../core/read-value-by-schema.js';
import type { Step } from './step.js';
import type { Sentence } from './texts.js';

export interface Found {
  readonly path: Path;
  readonly message: string;
}

export interface PlacedStep {
  readonly step: Step;
  readonly path: Path;
}

export function everyStep(steps: readonly Step[], path: Path): readonly PlacedStep[] {
  return steps.flatMap((step, index) => {
    const here = [...path, index];
    return [
      { step, path: here },
      ...listsWithin(step).flatMap(({ inner, field }) => everyStep(inner, [...here, ...field])),
    ];
  });
}

export const listsWithin = (
  step: Step,
): readonly { readonly inner: readonly Step[]; readonly field: Path }[] => [
  ...(step.parallel ? [{ inner: step.parallel, field: ['parallel'] }] : []),
  ...(step.repeat ? [{ inner: step.repeat.steps, field: ['repeat', 'steps'] }] : []),
];

export interface SaidFault {
  readonly fault: Sentence['fault'];
  readonly path: Path;
}

/** Of a step itself, not of those within it. */
export const faultsOf = ({ step, path }: PlacedStep): readonly SaidFault[] => [
  ...(step.fault ? [{ fault: step.fault.fault, path: [...path, 'fault'] }] : []),
  ...(step.ramp ?? []).map(({ fault }) => ({ fault, path: [...path, 'ramp', 'fault'] })),
];
