/** The pods of a file, changed by JSON Patch, and the file's text with exactly that changed. */
import { isDeepStrictEqual } from 'node:util';
import type { Operation } from 'fast-json-patch';
import { HavocError } from '../../core/havoc-error.js';
import { isObject, type Path, pointerOf, stepsOf, valueAt } from '../../core/json.js';
import { lendClaims } from './lent-claims.js';
import { type ManifestDocument, type ManifestFile, parseManifests } from './parse-manifests.js';
import { applyEdits, type Edit } from './rewrite/edits.js';
import { type Rewritten, rewrite } from './rewrite/rewrite.js';
import { isEmpty, type SourceText, type SourceTexts } from './rewrite/source-text.js';
import { TracedValue } from './rewrite/traced-value.js';
import { type Resource, resourcesOf, type Workload, workloadOf } from './workloads.js';

/** A workload and which of the file's documents, from 0, it stands in. */
export interface PlacedWorkload extends Workload {
  readonly document: number;
}

/** `pod` is the pod, or the template as the pod it becomes. */
export type PodChange = (pod: unknown, workload: PlacedWorkload) => PodOperations;

export interface PodOperations {
  readonly operations: readonly Operation[];
  /** Text to put back into the pod's document. */
  readonly sources?: SourceTexts;
}

export interface PodVisitor {
  readonly workload: PodChange;
  readonly other?: (resource: Resource) => void;
}

export interface ChangedText {
  readonly text: string;
  /** What made it of the old one; empty where nothing changes. */
  readonly edits: readonly Edit[];
  /** Of each document, what was written over. */
  readonly overwritten: readonly SourceTexts[];
}

/** Throws `HavocError` where it would come to mean something else. */
export function changePods(file: ManifestFile, visitor: PodVisitor): ChangedText {
  const changes = file.documents.map((document, index) => changedDocument(document, index, visitor));
  const ways = [
    { restores: true, keepFollowing: true },
    { restores: true, keepFollowing: false },
    { restores: false, keepFollowing: false },
  ];
  for (const way of ways) {
    const changed = changedText(file, changes, way);
    if (changed !== null) return changed;
  }
  throw new HavocError(
    'manifests.not-rewritable',
    `${file.name} is written in a way that havock8s cannot change; nothing was written. Without anchors, merge keys and flow style it will work`,
  );
}

interface ChangedDocument extends ManifestDocument {
  readonly after: TracedValue;
  readonly sources: SourceTexts;
}

interface Way {
  readonly restores: boolean;
  readonly keepFollowing: boolean;
}

/** Null where what comes out, read again, is not what was meant. */
function changedText(
  file: ManifestFile,
  changes: readonly ChangedDocument[],
  { restores, keepFollowing }: Way,
): ChangedText | null {
  const rewritten: readonly Rewritten[] = changes.map(({ tree, value, after, sources }) =>
    rewrite({
      text: file.text,
      tree,
      before: value,
      after,
      keepFollowing,
      ...(restores ? { sources } : {}),
    }),
  );
  const edits = rewritten.flatMap((one) => one.edits);
  const overwritten = rewritten.map((one) => one.overwritten);
  const text = applyEdits(file.text, edits);
  const again = parseManifests({ ...file, text });
  const isAsWanted =
    again.kind === 'parsed' &&
    isDeepStrictEqual(
      again.file.documents.map(({ value }) => value),
      changes.map(({ after }) => after.value),
    );
  return isAsWanted ? { text, edits, overwritten } : null;
}

function changedDocument(
  document: ManifestDocument,
  index: number,
  { workload: change, other }: PodVisitor,
): ChangedDocument {
  const after = new TracedValue(document.tree.contents, document.value);
  const sources = new Map<string, SourceText>();
  const changed: Path[] = [];
  for (const resource of resourcesOf(after.value)) {
    const workload = workloadOf(resource);
    if (workload === null) {
      other?.(resource);
      continue;
    }
    const { podPath } = workload;
    const pod = valueAt(after.value, podPath);
    const takeBack = lendClaims(pod, workload);
    const result = change(pod, { ...workload, document: index });
    after.patch(podPath, result.operations);
    takeBack();
    if (result.operations.length > 0) changed.push(podPath);
    for (const [pointer, source] of result.sources ?? []) sources.set(pointer, source);
  }
  for (const [pointer, source] of sources) restoreEmpty(after.value, pointer, source);
  for (const podPath of changed) withoutEmptied(after.value, podPath, sources);
  return { ...document, after, sources };
}

/** A template's metadata that held nothing but ours. */
function withoutEmptied(document: unknown, podPath: Path, sources: SourceTexts): void {
  const pod = valueAt(document, podPath);
  if (isObject(pod) && isEmpty(pod['metadata']) && !sources.has(pointerOf([...podPath, 'metadata'])))
    delete (pod as { metadata?: unknown }).metadata;
}

/** What was empty before an injection, and now is gone with what it got, or empty in another way. */
function restoreEmpty(document: unknown, pointer: string, { empty }: SourceText): void {
  const path = stepsOf(pointer);
  const key = path.at(-1);
  const holder = valueAt(document, path.slice(0, -1));
  if (empty === undefined || key === undefined || !isObject(holder)) return;
  if (!Object.hasOwn(holder, key) || isEmpty(holder[key]))
    (holder as Record<string, unknown>)[key] = structuredClone(empty);
}
