/**
 * The third webhook: is an Experiment one that can be carried out? All that is wrong is told when it is created, each with its
 * field and a way out, where the API server knows only patterns, and the controller could only refuse it later.
 *
 *     spec.steps[0].fault: column 6: "latensy" is not an effect; did you mean "latency"?
 */
import { readExperimentObject } from '../../experiment/crd/read-object.js';

/**
 * What is wrong, in sentences; nothing: it may pass. `oldObject` is null at CREATE. What was wrong before is not told again:
 * it may stem from another version, and nothing may stand in the way of stopping a run.
 */
export function judgeExperiment({
  object,
  oldObject,
}: {
  readonly object: unknown;
  readonly oldObject: unknown;
}): readonly string[] {
  const before = oldObject === null ? [] : problemsOf(oldObject);
  return problemsOf(object).filter((problem) => !before.includes(problem));
}

function problemsOf(object: unknown): readonly string[] {
  const reading = readExperimentObject(object);
  return reading.kind === 'problems' ? reading.problems.map(({ message }) => message) : [];
}
