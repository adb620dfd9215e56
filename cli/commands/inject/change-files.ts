/** Files of manifests through a change of their pods: the new texts, and what became of what. */
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import { programVersion } from '../../../core/program-version.js';
import { admit } from '../../../webhook/admit.js';
import { judgeFaults } from '../../../webhook/faults/judge-faults.js';
import type { InjectionConfig } from '../../../webhook/injection-config.js';
import { uninject } from '../../../webhook/uninject.js';
import { BadInput } from '../../bad-input.js';
import {
  type ChangedText,
  changePods,
  type PlacedWorkload,
  type PodOperations,
} from '../../manifests/change-pods.js';
import { type ManifestFile, parseManifests } from '../../manifests/parse-manifests.js';
import { faultProblems } from './fault-problems.js';
import { keptSources, type SourcesFor, sourcesOf, withSources } from './kept-sources.js';
import { type Namespaces, namespacesOf, offlineContextOf } from './offline-context.js';
import { type Outcome, outcomeOf, plainOutcome } from './outcome.js';

export interface ChangedFile extends ChangedText {
  readonly file: ManifestFile;
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
  return files.map((file) => injectFile(file, { config, known }));
}

export const uninjectFiles = (files: readonly ManifestFile[]): readonly ChangedFile[] =>
  files.map(uninjectFile);

/** Where the text would not come back byte for byte, what is written over is kept in the pods' status. */
function injectFile(file: ManifestFile, options: Pick<InjectionOfPod, 'config' | 'known'>): ChangedFile {
  const inject = (sourcesFor: SourcesFor): ChangedFile =>
    changeFile(file, (pod, workload) =>
      injectPod(pod, { file: file.name, workload, sourcesFor, ...options }),
    );
  const plain = inject(() => new Map());
  if (comesBack(plain)) return plain;
  const sourcesFor = keptSources(plain);
  return sourcesFor === null ? plain : inject(sourcesFor);
}

function comesBack({ file, text }: ChangedFile): boolean {
  if (text === file.text) return true;
  const again = parseManifests({ ...file, text });
  return again.kind === 'parsed' && uninjectFile(again.file).text === file.text;
}

function uninjectFile(file: ManifestFile): ChangedFile {
  return changeFile(file, (pod, resource) => {
    const patch = uninject(pod);
    const result = patch === null ? 'unchanged' : 'uninjected';
    return {
      operations: patch ?? [],
      sources: patch === null ? new Map() : sourcesOf(pod),
      outcome: plainOutcome(result, { file: file.name, resource }),
    };
  });
}

interface Changed extends PodOperations {
  readonly outcome: Outcome;
}

function changeFile(
  file: ManifestFile,
  change: (pod: unknown, workload: PlacedWorkload) => Changed,
): ChangedFile {
  const outcomes: Outcome[] = [];
  const changed = changePods(file, {
    workload: (pod, workload) => {
      const { outcome, ...operations } = change(pod, workload);
      outcomes.push(outcome);
      return operations;
    },
    other: (resource) => outcomes.push(plainOutcome('not-a-workload', { file: file.name, resource })),
  });
  return { file, ...changed, outcomes };
}

interface InjectionOfPod {
  readonly file: string;
  readonly workload: PlacedWorkload;
  readonly sourcesFor: SourcesFor;
  readonly config: InjectionConfig;
  readonly known: { readonly namespaces: Namespaces; readonly namespace: string };
}

function injectPod(pod: unknown, { file, workload, sourcesFor, config, known }: InjectionOfPod): Changed {
  const { labels, ...context } = offlineContextOf(workload, known);
  const admission = admit(pod, {
    context: { ...context, labels: { ...labels, [injectionLabel]: injectionEnabled } },
    config,
    injector: { by: 'hand', version: programVersion() },
  });
  const patch = admission.kind === 'inject' ? withSources(pod, admission, sourcesFor(workload)) : [];
  const warnings = faultWarnings(pod, patch);
  return { operations: patch, outcome: outcomeOf(admission, { file, resource: workload, warnings }) };
}

/** Which faults on the injected pod would hit nothing. */
function faultWarnings(pod: unknown, patch: readonly Operation[]): readonly string[] {
  const { newDocument } = fastJsonPatch.applyPatch<unknown>(structuredClone(pod), patch);
  const judgement = judgeFaults({ object: newDocument, oldObject: null });
  return judgement.kind === 'allow' ? judgement.warnings : [];
}
