/**
 * Two steps that scale one workload at the same time: the second would find, as what was before, what the first has made of
 * it, and whichever ends last would leave it so.
 */
import type { Found } from './every-step.js';
import type { Experiment } from './experiment.js';
import { type PlannedStep, plannedSteps } from './planned-steps.js';
import { nameOf } from './step.js';

type Spec = Experiment['spec'];

export function scaledTogether(spec: Spec): readonly Found[] {
  const planned = plannedSteps(spec.steps);
  const isBefore = orderOf(planned);
  const scaling = planned.flatMap(({ id, action }) => {
    const isScaling = action.kind === 'change' && action.change.kind === 'scale';
    return isScaling ? [{ id, workload: workloadOf(spec, action.on) }] : [];
  });
  return scaling.flatMap(({ id, workload }, index) => {
    const other = scaling
      .slice(0, index)
      .find((one) => one.workload === workload && !isBefore(one.id, id) && !isBefore(id, one.id));
    if (other === undefined) return [];
    const message = `${id} and ${other.id} scale ${workload} at the same time, and neither would know what it was before; expected one after the other`;
    return [{ path: placeOf(spec, id), message }];
  });
}

function workloadOf({ targets }: Spec, on: string | null): string {
  const target = targets.find(({ name }) => on === null || name === on);
  const { kind, name } = target?.workload ?? { kind: 'the workload of target', name: target?.name ?? '' };
  return `${kind} ${name}`;
}

/** Has the first ended when the second begins? Steps come after those that they wait for. */
function orderOf(planned: readonly PlannedStep[]): (first: string, second: string) => boolean {
  const before = new Map<string, ReadonlySet<string>>();
  for (const { id, after } of planned)
    before.set(id, new Set(after.flatMap((one) => [one, ...(before.get(one) ?? [])])));
  return (first, second) => before.get(second)?.has(first) ?? false;
}

/** The step of the list, be it within another. */
const placeOf = ({ steps }: Spec, id: string): Found['path'] => [
  ...['spec', 'steps'],
  steps.findIndex((step, index) => id === nameOf(step, index) || id.startsWith(`${nameOf(step, index)}.`)),
];
