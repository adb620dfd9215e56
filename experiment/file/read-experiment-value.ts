/** The same experiment as an object of Kubernetes has it: its problems have no lines and columns, but names of fields. */
import { type FieldProblem, fieldName, readValueBySchema } from '../../core/read-value-by-schema.js';
import { type Experiment, experimentSchema } from './experiment.js';
import { problemsWithin } from './read-experiment.js';

export type ExperimentValueReading =
  | { readonly kind: 'experiment'; readonly experiment: Experiment }
  | { readonly kind: 'problems'; readonly problems: readonly FieldProblem[] };

/** Never throws, whatever the value. Each message begins with the name of its field. */
export function readExperimentValue(value: unknown): ExperimentValueReading {
  const reading = readValueBySchema(value, { schema: experimentSchema, whole: 'the experiment' });
  if (reading.kind === 'problems') return reading;
  const { value: experiment } = reading;
  const problems = problemsWithin(experiment).map(({ path, message }) => ({
    path,
    message: `${fieldName(path)}: ${message}`,
  }));
  return problems.length === 0 ? { kind: 'experiment', experiment } : { kind: 'problems', problems };
}
