/** What the engine makes of a file with this `spec`, which has to be right. */
import { type Plan, planOf } from '../../experiment/engine/plan.js';
import { readExperiment } from '../../experiment/file/read-experiment.js';

export function planFor(spec: object): Plan {
  const file = { apiVersion: 'havock8s.io/v1alpha1', kind: 'Experiment', metadata: { name: 'a' }, spec };
  const reading = readExperiment(JSON.stringify(file));
  if (reading.kind === 'problems') throw new Error(JSON.stringify(reading.problems));
  return planOf(reading.experiment);
}
