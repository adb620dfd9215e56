/**
 * An Experiment as an object of a cluster: what is asked for, or every problem that it has, each with its field. The webhook
 * reads it when it is created, the controller before it begins, whatever the webhook said.
 */
import { isObject } from '../../core/json.js';
import type { FieldProblem } from '../../core/read-value-by-schema.js';
import { type ExperimentValueReading, readExperimentValue } from '../file/read-experiment-value.js';

/** Never throws, whatever the object. */
export function readExperimentObject(object: unknown): ExperimentValueReading {
  if (!isObject(object)) return readExperimentValue(object);
  const { apiVersion, kind, metadata, spec } = object;
  const reading = readExperimentValue({ apiVersion, kind, metadata: ownMetadata(metadata), spec });
  const misplaced = isObject(spec) ? ofOneMachine(spec) : [];
  if (misplaced.length === 0) return reading;
  return {
    kind: 'problems',
    problems: [...(reading.kind === 'problems' ? reading.problems : []), ...misplaced],
  };
}

/** Of what Kubernetes keeps there, what a file may have. One that is made from `generateName` has no name yet. */
function ownMetadata(metadata: unknown): unknown {
  if (!isObject(metadata)) return metadata;
  const { name, generateName, labels, annotations } = metadata;
  const prefix = typeof generateName === 'string' ? generateName : '';
  return {
    name: name === undefined && prefix !== '' ? `${prefix}${randomPart}` : name,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** As long as what the API server adds. */
const randomPart = 'xxxxx';

/** Nobody would start its command here. */
function ofOneMachine({ targets, local }: Readonly<Record<string, unknown>>): readonly FieldProblem[] {
  if (Array.isArray(targets) && targets.length > 0) return [];
  const expected = 'expected spec.targets, the pods that it is about';
  return local === undefined
    ? [{ path: ['spec', 'targets'], message: `spec.targets is missing; ${expected}` }]
    : [
        {
          path: ['spec', 'local'],
          message: `spec.local is of a run on one machine, by havock8s run; in a cluster ${expected}`,
        },
      ];
}
