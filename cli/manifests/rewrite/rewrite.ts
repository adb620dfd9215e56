/**
 * A document as it is to be, written into the text that it came as: comments, order, quotes, anchors and whatever
 * nobody asked to change stay, byte for byte.
 *
 *     tree ──┐
 *     before ┼─ compare ─► edits by offset ─► text
 *     after ─┘
 *
 * What has lines or commas of its own is added and removed by them. What has not (and that is rare) is written anew,
 * as little of it as can be.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isObject } from '../../../webhook/pod.js';
import type { Json } from '../json.js';
import { type Aliases, aliasesOfChanged, mergedAliasEdits } from './aliases.js';
import { align } from './align.js';
import { blockItems, blockPairs, type StyledText, withoutBlockItem, withoutBlockPairs } from './block.js';
import type { Edit } from './edits.js';
import { flowEntries, itemText, pairText, withoutFlowEntries } from './flow.js';
import { columnOf } from './lines.js';
import { keyOf } from './pair-key.js';
import { replacement, type Site } from './replacement.js';
import { styleOf } from './style.js';
import type { TracedValue } from './traced-value.js';

export interface Rewriting {
  readonly text: string;
  readonly tree: Document.Parsed;
  readonly before: unknown;
  readonly after: TracedValue;
}

export function rewrite({ text, tree, before, after }: Rewriting): readonly Edit[] {
  if (isDeepStrictEqual(before, after.value)) return [];
  const aliases = aliasesOfChanged(tree, before, after);
  const context: Context = { text, style: styleOf(text, tree), after, aliases };
  const root: Site = { node: tree.contents, holder: 'root', inFlow: false, column: 0 };
  const edits = nodeEdits(root, [before, after.value], context);
  const isWithin = (one: Edit, other: Edit): boolean => one.start >= other.start && one.end <= other.end;
  const merged = mergedAliasEdits(tree, aliases, context);
  return [...edits, ...merged.filter((edit) => !edits.some((other) => isWithin(edit, other)))];
}

interface Context extends StyledText {
  readonly after: TracedValue;
  readonly aliases: Aliases;
}

type Change = readonly [before: unknown, after: unknown];

function nodeEdits(site: Site, [before, after]: Change, context: Context): readonly Edit[] {
  const { node } = site;
  const isSame = isDeepStrictEqual(before, after);
  if (isSame && !(node !== null && context.aliases.around.has(node))) return [];
  return collectionEdits(site, [before, after], context) ?? [replacement(site, after, context)];
}

/** Null where the node is no collection, or another one than before, or cannot be changed in parts. */
function collectionEdits(
  { node, inFlow }: Site,
  [before, after]: Change,
  context: Context,
): readonly Edit[] | null {
  if (node === null || isAlias(node) || !isCollection(node) || node.items.length === 0) return null;
  const within = inFlow || node.flow === true;
  if (isMap(node) && isObject(before) && isObject(after))
    return mapEdits(node, within, [before, after], context);
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after))
    return seqEdits(node, within, [before, after], context);
  return null;
}

function mapEdits(
  node: YAMLMap,
  inFlow: boolean,
  [before, after]: readonly [Json, Json],
  context: Context,
): readonly Edit[] | null {
  const keys = new Map(node.items.map((pair) => [keyOf(pair), pair] as const));
  const isMerging = node.items.some((pair) => keyOf(pair) === null);
  const isGone = (key: string): boolean => !Object.hasOwn(after, key);
  // What a merge key brings in cannot be taken out of the map.
  if (isMerging && Object.keys(before).some(isGone)) return null;
  if (Object.keys(after).length === 0) return null;
  const gone = new Set<Pair>();
  const edits: Edit[] = [];
  for (const [key, pair] of keys) {
    if (key === null) continue;
    if (isGone(key)) gone.add(pair);
    else if (pair.value === null && !isDeepStrictEqual(before[key], after[key])) return null;
    else edits.push(...nodeEdits(valueSite(pair, inFlow, context), [before[key], after[key]], context));
  }
  const added = Object.entries(after).filter(
    ([key, value]) =>
      !keys.has(key) && !(Object.hasOwn(before, key) && isDeepStrictEqual(before[key], value)),
  );
  const removed = inFlow ? withoutFlowEntries(node.items, gone) : withoutBlockPairs(node, gone, context);
  if (removed === null) return null;
  edits.push(...removed);
  if (!inFlow) return [...edits, ...blockPairs(node, { added, gone }, context)];
  return [
    ...edits,
    ...flowEntries(node.items, atEnd(node.items, added), { styled: context, write: pairText(context) }),
  ];
}

const atEnd = <T>(items: readonly unknown[], values: readonly T[]): readonly (readonly T[])[] => [
  ...items.map(() => []),
  values,
];

function valueSite(pair: Pair, inFlow: boolean, { text }: StyledText): Site {
  const keyStart = (pair.key as Node).range?.[0] ?? 0;
  return { node: pair.value as Node | null, holder: 'pair', inFlow, column: columnOf(text, keyStart) };
}

function seqEdits(
  node: YAMLSeq,
  inFlow: boolean,
  [before, after]: readonly [readonly unknown[], readonly unknown[]],
  context: Context,
): readonly Edit[] | null {
  if (after.length === 0) return null;
  const items = node.items as readonly Node[];
  const isSame = (index: number, value: unknown): boolean => {
    const from = context.after.nodeOf(value);
    return from === undefined ? isDeepStrictEqual(before[index], value) : from === items[index];
  };
  const { partners, inserted } = align(items.length, after, isSame);
  const edits: Edit[] = [];
  const gone = new Set<unknown>();
  for (const [index, item] of items.entries()) {
    const partner = partners[index];
    if (partner === undefined) gone.add(item);
    else {
      const site: Site = {
        node: item,
        holder: 'item',
        inFlow,
        column: columnOf(context.text, item.range?.[0] ?? 0),
      };
      edits.push(...nodeEdits(site, [before[index], after[partner]], context));
    }
  }
  if (gone.size === items.length) return null;
  if (inFlow) {
    const removed = withoutFlowEntries(items, gone);
    const added = flowEntries(items, inserted, { styled: context, write: itemText(context) });
    return removed && [...edits, ...removed, ...added];
  }
  const removed = items.map((item, index) => (gone.has(item) ? withoutBlockItem(node, index, context) : []));
  const added = blockItems(node, inserted, context);
  if (added === null || removed.includes(null)) return null;
  // What goes into an item comes before what goes behind it, though it may be at the same place.
  return [...edits, ...removed.flatMap((edit) => edit ?? []), ...added];
}
