/** The ready experiments of one machine, as they would be of a cluster: what they are about is pods, and nobody is killed by process. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = 'manifests/experiments/local';

export interface ExperimentObject {
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

export const readyExperiments = (): readonly ExperimentObject[] =>
  readdirSync(folder).map((file) => ofCluster(parse(readFileSync(join(folder, file), 'utf8'))));

function ofCluster({ spec: { local: _, ...spec }, ...object }: ExperimentObject): ExperimentObject {
  const targets = [{ name: 'db', workload: { kind: 'StatefulSet', name: 'db' } }];
  return { ...object, spec: { targets, ...withoutPrograms(spec) } };
}

/** What runs a program, or ends a process, of this machine. */
function withoutPrograms(value: unknown): object {
  return JSON.parse(JSON.stringify(value), (field, inner) => {
    if (field === 'crashBeforeReadBack') return undefined;
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    const { kill, exec, condition, ...rest } = inner;
    if (kill !== undefined) return { ...rest, restart: {} };
    if (exec !== undefined) return { ...rest, tcp: { address: 'db:5432' } };
    return inner;
  });
}
