/**
 * Switches faults on and off as Kubernetes does: a file of the pod's annotations in the downward API's
 * format, replaced whole.
 */
import { renameSync, writeFileSync } from 'node:fs';

export type Sentences = ReadonlyMap<string, string>;

export const annotationLines = (sentences: Sentences): string =>
  [...sentences]
    .map(([name, sentence]) => `fault.havock8s.io/${name}=${JSON.stringify(sentence)}\n`)
    .join('');

export function annotate(file: string, sentences: Sentences): void {
  writeFileSync(`${file}.new`, annotationLines(sentences));
  renameSync(`${file}.new`, file);
}
