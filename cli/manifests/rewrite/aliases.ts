/**
 * Aliases to what changes would change with it. They are written out as what they stood for.
 *
 *     volumes: &v [data]          volumes: &v [data, served]
 *     others: *v            ─►    others: [data]
 */
import { isDeepStrictEqual } from 'node:util';
import { type Alias, type Document, isAlias, isMap, isNode, isPair, isSeq, type Node, visit } from 'yaml';
import { isObject, type Path, valueAt } from '../../../core/json.js';
import { manifestLimits } from '../manifest-limits.js';
import type { StyledText } from './block.js';
import type { Edit } from './edits.js';
import { keyOf } from './pair-key.js';
import { flowText } from './render.js';
import type { TracedValue } from './traced-value.js';

export interface Aliases {
  /** Those that may stay: what they stand for becomes what they are to be. */
  readonly following: ReadonlySet<Node>;
  /** Those that are to be written out, and every node that such a one is in. */
  readonly around: ReadonlySet<Node>;
  /** Of those the ones behind a merge key, with what they stood for. */
  readonly merged: readonly { readonly alias: Alias; readonly target: Node }[];
}

export interface ChangedDocument {
  readonly before: unknown;
  readonly after: TracedValue;
  readonly keepFollowing: boolean;
}

export function aliasesOfChanged(
  tree: Document.Parsed,
  { before, after, keepFollowing }: ChangedDocument,
): Aliases {
  const following = new Set<Node>();
  const around = new Set<Node>();
  const merged: { alias: Alias; target: Node }[] = [];
  /** Each name's latest, as one reads from the top. */
  const anchors = new Map<string, Anchored>();
  let changed: ReadonlySet<unknown> | null = null;
  visit(tree, {
    Node: (_key, node, path) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, { node, path: pathOf(node, path) });
        return;
      }
      const { node: target, path: targetPath } = anchors.get(node.source) ?? {};
      changed ??= changedNodes(tree.contents, before, after);
      if (target === undefined || !changed.has(target)) return;
      if (keepFollowing && isFollowing(pathOf(node, path), targetPath ?? null, after.value)) {
        following.add(node);
        return;
      }
      for (const step of [node, ...path]) if (isNode(step)) around.add(step);
      const isMerged = path.some((step) => isPair(step) && isMergeKey(step.key));
      if (isMerged) merged.push({ alias: node, target });
    },
  });
  return { following, around, merged };
}

interface Anchored {
  readonly node: Node;
  readonly path: Path | null;
}

const isFollowing = (alias: Path | null, anchor: Path | null, value: unknown): boolean =>
  alias !== null && anchor !== null && isDeepStrictEqual(valueAt(value, alias), valueAt(value, anchor));

/** Null behind a merge key, or a key that is not text. */
function pathOf(node: Node, ancestors: readonly unknown[]): Path | null {
  const path: (string | number)[] = [];
  for (const [index, step] of ancestors.entries()) {
    const inner = ancestors[index + 1] ?? node;
    if (isSeq(step)) path.push(step.items.indexOf(inner));
    else if (isPair(step)) {
      const key = keyOf(step);
      if (key === null || step.value !== inner) return null;
      path.push(key);
    }
  }
  return path;
}

export function mergedAliasEdits(
  tree: Document.Parsed,
  { merged }: Aliases,
  { style }: Pick<StyledText, 'style'>,
): readonly Edit[] {
  return merged.flatMap(({ alias, target }) => {
    if (!alias.range) return [];
    const value: unknown = target.toJS(tree, { maxAliasCount: manifestLimits.aliasesOfOne });
    return [{ start: alias.range[0], end: alias.range[1], text: flowText(value, style) }];
  });
}

/** What is not the same any more, or gone. An item that was replaced counts with all that is in it. */
function changedNodes(contents: Node | null, before: unknown, after: TracedValue): ReadonlySet<unknown> {
  const changed = new Set<unknown>();
  const mark = (node: unknown, was: unknown, is: unknown): void => {
    if (JSON.stringify(was) === JSON.stringify(is)) return;
    changed.add(node);
    if (isMap(node) && isObject(was) && isObject(is)) {
      for (const pair of node.items) {
        const key = keyOf(pair);
        if (key !== null && Object.hasOwn(is, key)) mark(pair.value, was[key], is[key]);
        else markAll(pair.value, changed);
      }
    } else if (isSeq(node) && Array.isArray(was) && Array.isArray(is)) {
      for (const [index, item] of node.items.entries()) {
        const kept = is.find((value) => after.nodeOf(value) === item);
        if (kept === undefined) markAll(item, changed);
        else mark(item, was[index], kept);
      }
    } else markAll(node, changed);
  };
  mark(contents, before, after.value);
  return changed;
}

function markAll(node: unknown, changed: Set<unknown>): void {
  if (!isNode(node) || isAlias(node)) return;
  visit(node, { Node: (_key, inner) => void changed.add(inner) });
}

const isMergeKey = (key: unknown): boolean =>
  typeof (key as { readonly value?: unknown } | null)?.value === 'symbol';
