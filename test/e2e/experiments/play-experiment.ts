/** An Experiment on a cluster, made and waited for, as its user does. */
import type { ExperimentObject } from '../../../controller/experiment-object.js';
import type { JournalEvent } from '../../../experiment/journal/events.js';
import { type JournalParts, journalName, readPacked } from '../../../experiment/journal/packed.js';
import type { Environment } from '../environment.js';

export interface Played {
  readonly object: ExperimentObject;
  /** `Passed: HypothesisHeld: ...`. */
  readonly said: string;
}

export const experimentOf = (name: string, spec: object): object => ({
  apiVersion: 'havock8s.io/v1alpha1',
  kind: 'Experiment',
  metadata: { name },
  spec,
});

export async function found(environment: Environment, name: string): Promise<ExperimentObject> {
  return environment.json<ExperimentObject>(['get', 'experiment', name]);
}

/** Until there is a verdict. */
export async function played(environment: Environment, name: string, boundS = 240): Promise<Played> {
  await environment.succeed([
    'wait',
    '--for=condition=Finished',
    `experiment/${name}`,
    `--timeout=${boundS}s`,
  ]);
  const object = await found(environment, name);
  const { verdict, reason, message } = object.status ?? {};
  return { object, said: `${verdict}: ${reason}: ${message}` };
}

/** What was written of it, in full. */
export async function journalOf(environment: Environment, name: string): Promise<readonly JournalEvent[]> {
  const { binaryData } = await environment.json<{ binaryData: JournalParts }>([
    ...['get', 'configmap', journalName(name)],
  ]);
  const reading = readPacked(binaryData);
  if (reading.kind === 'problem') throw new Error(reading.message);
  return reading.journal.events;
}

export async function play(environment: Environment, name: string, spec: object): Promise<Played> {
  await environment.succeed(['create', '-f', '-'], experimentOf(name, spec));
  return played(environment, name);
}
