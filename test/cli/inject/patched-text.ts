/** A text changed by JSON Patch, and held to meaning what the patch made of it. */
import assert from 'node:assert/strict';
import type { Operation } from 'fast-json-patch';
import { applyEdits } from '../../../cli/manifests/rewrite/edits.js';
import { rewrite } from '../../../cli/manifests/rewrite/rewrite.js';
import { TracedValue } from '../../../cli/manifests/rewrite/traced-value.js';
import { readManifest } from './changed.js';

export function patchedText(text: string, operations: readonly Operation[]): string {
  const [document] = readManifest(text).documents;
  assert.ok(document !== undefined);
  const after = new TracedValue(document.tree.contents, document.value);
  after.patch([], operations);
  const result = applyEdits(
    text,
    rewrite({ text, tree: document.tree, before: document.value, after }).edits,
  );
  assert.deepEqual(readManifest(result).documents[0]?.value, after.value, result);
  return result;
}
