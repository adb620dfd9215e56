/** A run of a file, made in a cluster: one object of Kubernetes, as `kubectl create` would make it. */
import { randomBytes } from 'node:crypto';
import { parse } from 'yaml';
import type { ExperimentObject } from '../../../controller/experiment-object.js';
import { hasCode } from '../../../core/havoc-error.js';
import { isObject, type Json } from '../../../core/json.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { BadInput } from '../../bad-input.js';
import { noKind, type Runs, runTarget } from './find-run.js';

export interface RunRequest {
  /** Of a file that was read as an experiment: `readExperiment` has nothing against it. */
  readonly text: string;
  readonly name: string;
  readonly namespace: string;
  /** It says what it would do, and does nothing. */
  readonly dryRun?: boolean;
}

export interface NewRun extends KubeObject {
  readonly spec: Json;
}

export function runObject({ text, name, namespace, dryRun }: RunRequest): NewRun {
  const given: unknown = parse(text);
  const { apiVersion, kind, metadata, spec } = isObject(given) ? given : {};
  return {
    apiVersion: String(apiVersion),
    kind: String(kind),
    metadata: { ...objectAt(metadata), name, namespace },
    spec: { ...objectAt(spec), ...(dryRun === true && { dryRun }) },
  };
}

const objectAt = (value: unknown): Json => (isObject(value) ? value : {});

/** No longer than an experiment may be called, and never that of another. */
const mostName = 40;

export function generatedName(name: string): string {
  const end = `-${randomBytes(3).toString('hex')}`;
  return `${name.slice(0, mostName - end.length).replace(/-+$/, '')}${end}`;
}

/** Throws `BadInput` where there is one of that name, or where the cluster refuses the file; nothing was made then. */
export async function createRun({ api, namespace }: Runs, object: NewRun): Promise<KubeObject> {
  const { name } = object.metadata;
  const subject = `experiment ${name}`;
  try {
    return await api.create({ resource: resources.experiments, namespace }, object);
  } catch (error) {
    if (hasCode(error, 'kube.exists')) {
      const message = await sayingWhatIs({ api, namespace }, name);
      throw new BadInput([{ subject, message }]);
    }
    if (hasCode(error, 'kube.invalid')) throw new BadInput([{ subject, message: error.message }]);
    if (hasCode(error, 'kube.not-found')) throw await missing({ api, namespace }, error);
    throw error;
  }
}

async function sayingWhatIs({ api, namespace }: Runs, name: string): Promise<string> {
  const known = await api.get<ExperimentObject>(runTarget(namespace, name));
  const { verdict } = known?.status ?? {};
  const how = verdict === undefined ? 'goes on, or waits' : `is over: ${verdict}`;
  return `is in namespace ${namespace} already, and ${how}. An experiment is one run: give this one a name of its own by --generate-name, or delete the other: kubectl delete experiment ${name} -n ${namespace}`;
}

/** The kind, or the namespace. */
async function missing({ api, namespace }: Runs, error: Error): Promise<Error> {
  try {
    await api.list({ resource: resources.experiments, namespace });
    return new BadInput([{ subject: `--namespace ${namespace}`, message: error.message }]);
  } catch (failure) {
    return hasCode(failure, 'kube.not-found') ? noKind(error) : error;
  }
}
