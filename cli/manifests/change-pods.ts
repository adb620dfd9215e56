/** The pods of a file, changed by JSON Patch, and the file's text with exactly that changed. */
import { isDeepStrictEqual } from 'node:util';
import type { Operation } from 'fast-json-patch';
import { HavocError } from '../../sidecar/havoc-error.js';
import { isObject } from '../../webhook/pod.js';
import { valueAt } from './json.js';
import { lendClaims } from './lent-claims.js';
import { type ManifestFile, parseManifests } from './parse-manifests.js';
import { applyEdits, type Edit } from './rewrite/edits.js';
import { rewrite } from './rewrite/rewrite.js';
import { TracedValue } from './rewrite/traced-value.js';
import { type Resource, resourcesOf, type Workload, workloadOf } from './workloads.js';

/** `pod` is the pod, or the template as the pod it becomes. */
export type PodChange = (pod: unknown, workload: Workload) => readonly Operation[];

export interface PodVisitor {
  readonly workload: PodChange;
  readonly other?: (resource: Resource) => void;
}

export interface ChangedText {
  readonly text: string;
  /** What made it of the old one; empty where nothing changes. */
  readonly edits: readonly Edit[];
}

/** Throws `HavocError` where it would come to mean something else. */
export function changePods(file: ManifestFile, visitor: PodVisitor): ChangedText {
  const wanted: unknown[] = [];
  const edits: Edit[] = [];
  for (const { tree, value } of file.documents) {
    const after = new TracedValue(tree.contents, value);
    for (const resource of resourcesOf(after.value)) visitResource(resource, after, visitor);
    wanted.push(after.value);
    edits.push(...rewrite({ text: file.text, tree, before: value, after }));
  }
  if (edits.length === 0) return { text: file.text, edits };
  const text = applyEdits(file.text, edits);
  const again = parseManifests({ ...file, text });
  const isAsWanted =
    again.kind === 'parsed' &&
    isDeepStrictEqual(
      again.file.documents.map(({ value }) => value),
      wanted,
    );
  if (isAsWanted) return { text, edits };
  throw new HavocError(
    'manifests.not-rewritable',
    `${file.name} is written in a way that havock8s cannot change; nothing was written. Without anchors, merge keys and flow style it will work`,
  );
}

function visitResource(
  resource: Resource,
  after: TracedValue,
  { workload: change, other }: PodVisitor,
): void {
  const workload = workloadOf(resource);
  if (workload === null) {
    other?.(resource);
    return;
  }
  const pod = valueAt(after.value, workload.podPath);
  const takeBack = lendClaims(pod, workload);
  const operations = change(pod, workload);
  after.patch(workload.podPath, operations);
  takeBack();
  if (operations.length > 0) withoutEmptied(pod);
}

/** A template's metadata that held nothing but ours. */
function withoutEmptied(pod: unknown): void {
  if (!isObject(pod) || !isObject(pod['metadata']) || Object.keys(pod['metadata']).length > 0) return;
  delete (pod as Record<string, unknown>)['metadata'];
}
