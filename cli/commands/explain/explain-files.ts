/** The workloads of manifests, explained. */

import { valueAt } from '../../../core/json.js';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import type { InjectionConfig } from '../../../webhook/injection-config.js';
import { BadInput } from '../../bad-input.js';
import { lendClaims } from '../../manifests/lent-claims.js';
import type { ManifestFile } from '../../manifests/parse-manifests.js';
import { resourcesOf, workloadOf } from '../../manifests/workloads.js';
import { faultProblems } from '../inject/fault-problems.js';
import { namespacesOf, offlineContextOf } from '../inject/offline-context.js';
import { type ExplainedWorkload, explainWorkload } from './explained-workload.js';

export interface ExplainedFiles {
  readonly workloads: readonly ExplainedWorkload[];
  /** Namespaces that no manifest describes: they are taken to allow injection. */
  readonly assumed: readonly string[];
}

/** Throws `BadInput` for bad faults on the pods. */
export function explainFiles(
  files: readonly ManifestFile[],
  { config, namespace }: { readonly config: InjectionConfig; readonly namespace: string },
): ExplainedFiles {
  const problems = files.flatMap(faultProblems);
  if (problems.length > 0) throw new BadInput(problems);
  const namespaces = namespacesOf(files);
  const assumed = new Set<string>();
  const workloads = files
    .flatMap(({ documents }) => documents)
    .flatMap(({ value }) => {
      const own = structuredClone(value);
      return resourcesOf(own).flatMap((resource) => {
        const workload = workloadOf(resource);
        if (workload === null) return [];
        const pod = valueAt(own, workload.podPath);
        lendClaims(pod, workload);
        const context = offlineContextOf(workload, { namespaces, namespace });
        const isKnown = namespaces.has(context.namespace);
        if (!isKnown) assumed.add(context.namespace);
        const labels = isKnown ? context.labels : { [injectionLabel]: injectionEnabled };
        const { kind, name } = workload;
        return [explainWorkload(pod, { kind, name, context: { ...context, labels }, config })];
      });
    });
  return { workloads, assumed: [...assumed] };
}
