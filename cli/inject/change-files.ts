/** Files of manifests through a change of their pods: the new texts, and what became of what. */
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { injectionEnabled, injectionLabel } from '../../pod/keys.js';
import { admit } from '../../webhook/admit.js';
import { judgeFaults } from '../../webhook/faults/judge-faults.js';
import type { InjectionConfig } from '../../webhook/injection-config.js';
import { uninject } from '../../webhook/uninject.js';
import { BadInput } from '../bad-input.js';
import { changePods } from '../manifests/change-pods.js';
import type { ManifestFile } from '../manifests/parse-manifests.js';
import type { Edit } from '../manifests/rewrite/edits.js';
import type { Workload } from '../manifests/workloads.js';
import { programVersion } from '../program-version.js';
import { faultProblems } from './fault-problems.js';
import { type Outcome, outcomeOf, plainOutcome } from './outcome.js';
import { type Namespaces, namespacesOf, surroundingsOf } from './surroundings.js';

export interface ChangedFile {
  readonly file: ManifestFile;
  readonly text: string;
  readonly edits: readonly Edit[];
  readonly outcomes: readonly Outcome[];
}

export interface InjectOptions {
  readonly config: InjectionConfig;
  /** For what does not say its own. */
  readonly namespace: string;
  /** Only what asks for it by its annotation, or by labels that the configuration selects. */
  readonly asked: boolean;
}

/** Whoever runs the command has asked. Throws `BadInput` for bad faults on the pods, before anything is changed. */
export function injectFiles(files: readonly ManifestFile[], options: InjectOptions): readonly ChangedFile[] {
  const problems = files.flatMap(faultProblems);
  if (problems.length > 0) throw new BadInput(problems);
  const { asked, namespace } = options;
  const config = asked ? options.config : { ...options.config, podSelector: {} };
  const known = { namespaces: namespacesOf(files), namespace };
  return changeFiles(files, (file, pod, workload) => injectPod(pod, { file, workload, config, known }));
}

export function uninjectFiles(files: readonly ManifestFile[]): readonly ChangedFile[] {
  return changeFiles(files, (file, pod, resource) => {
    const patch = uninject(pod);
    const result = patch === null ? 'unchanged' : 'uninjected';
    return { patch: patch ?? [], outcome: plainOutcome(result, { file, resource }) };
  });
}

interface Changed {
  readonly patch: readonly Operation[];
  readonly outcome: Outcome;
}

type Change = (file: string, pod: unknown, workload: Workload) => Changed;

function changeFiles(files: readonly ManifestFile[], change: Change): readonly ChangedFile[] {
  return files.map((file) => {
    const outcomes: Outcome[] = [];
    const changed = changePods(file, {
      workload: (pod, workload) => {
        const { patch, outcome } = change(file.name, pod, workload);
        outcomes.push(outcome);
        return patch;
      },
      other: (resource) => outcomes.push(plainOutcome('not-a-workload', { file: file.name, resource })),
    });
    return { file, ...changed, outcomes };
  });
}

interface InjectionOfPod {
  readonly file: string;
  readonly workload: Workload;
  readonly config: InjectionConfig;
  readonly known: { readonly namespaces: Namespaces; readonly namespace: string };
}

function injectPod(pod: unknown, { file, workload, config, known }: InjectionOfPod): Changed {
  const { labels, ...surroundings } = surroundingsOf(workload, known);
  const admission = admit(pod, {
    surroundings: { ...surroundings, labels: { ...labels, [injectionLabel]: injectionEnabled } },
    config,
    injector: { by: 'hand', version: programVersion() },
  });
  const patch = admission.kind === 'inject' ? admission.patch : [];
  const warnings = faultWarnings(pod, patch);
  return { patch, outcome: outcomeOf(admission, { file, resource: workload, warnings }) };
}

/** Which faults on the injected pod would hit nothing. */
function faultWarnings(pod: unknown, patch: readonly Operation[]): readonly string[] {
  const { newDocument } = fastJsonPatch.applyPatch<unknown>(structuredClone(pod), patch);
  const judgement = judgeFaults({ object: newDocument, oldObject: null });
  return judgement.kind === 'allow' ? judgement.warnings : [];
}
