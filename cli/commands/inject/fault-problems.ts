/** The faults that are annotated on the pods of manifests, and what is wrong with them: where, with carets. */

import { isObject, valueAt } from '../../../core/json.js';
import { faultPrefix } from '../../../core/keys.js';
import type { Fault } from '../../../faults/fault.js';
import { faultNameRule, isFaultName } from '../../../faults/fault-name.js';
import { parse } from '../../../faults/parse.js';
import { badSentence, type InputProblem } from '../../bad-input.js';
import type { ManifestDocument, ManifestFile } from '../../manifests/parse-manifests.js';
import { resourcesOf, workloadOf } from '../../manifests/workloads.js';

export function faultProblems(file: ManifestFile): readonly InputProblem[] {
  return file.documents.flatMap((document) =>
    resourcesOf(document.value).flatMap((resource) => {
      const workload = workloadOf(resource);
      if (workload === null) return [];
      const path = [...workload.podPath, 'metadata', 'annotations'];
      return faultAnnotations(valueAt(document.value, workload.podPath)).flatMap(([key, sentence]) => {
        const problem = problemOf(key, sentence);
        return problem === null
          ? []
          : [{ ...problem, subject: `${place(file, document, [...path, key])} ${key}` }];
      });
    }),
  );
}

/** Those that are right, by name. */
export function faultsOf(pod: unknown): readonly { readonly name: string; readonly fault: Fault }[] {
  return faultAnnotations(pod).flatMap(([key, sentence]) => {
    const parsed = typeof sentence === 'string' ? parse(sentence) : null;
    return parsed?.kind === 'fault' ? [{ name: key.slice(faultPrefix.length), fault: parsed.fault }] : [];
  });
}

function faultAnnotations(pod: unknown): readonly (readonly [string, unknown])[] {
  const annotations = valueAt(pod, ['metadata', 'annotations']);
  return isObject(annotations)
    ? Object.entries(annotations).filter(([key]) => key.startsWith(faultPrefix))
    : [];
}

function problemOf(key: string, sentence: unknown): Omit<InputProblem, 'subject'> | null {
  if (!isFaultName(key.slice(faultPrefix.length))) return { message: faultNameRule };
  if (typeof sentence !== 'string') return { message: 'expected a sentence in quotes' };
  const parsed = parse(sentence);
  return parsed.kind === 'fault' ? null : badSentence(key, sentence, parsed.problems);
}

/** Of the value; of the document where an alias brought it. */
function place(file: ManifestFile, { tree }: ManifestDocument, path: readonly unknown[]): string {
  const node = tree.getIn(path, true) as { readonly range?: readonly number[] } | undefined;
  return file.place(node?.range?.[0] ?? tree.range[0]);
}
