/**
 * A document as it is to be, written into the text that it came as: comments, order, quotes, anchors and whatever
 * nobody asked to change stay, byte for byte.
 *
 *     tree ──┐
 *     before ┼─ compare ─► edits by offset ─► text
 *     after ─┘
 *
 * What has lines or commas of its own is added and removed by them. What has not (and that is rare) is written again,
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
import { isObject, type Json, pointerTo } from '../../../core/json.js';
import { type Aliases, aliasesOfChanged, mergedAliasEdits } from './aliases.js';
import { align } from './align.js';
import { blockItems, blockPairs, type StyledText, withoutBlockItem, withoutBlockPairs } from './block.js';
import type { Edit } from './edits.js';
import { flowEntries, itemText, pairText, withoutFlowEntries } from './flow.js';
import { columnOf } from './lines.js';
import { keyOf } from './pair-key.js';
import { replacement, type Site } from './replacement.js';
import { regionOf, type SourceText, type SourceTexts, sourceText } from './source-text.js';
import { styleOf } from './style.js';
import type { TracedValue } from './traced-value.js';

export interface Rewriting {
  readonly text: string;
  readonly tree: Document.Parsed;
  readonly before: unknown;
  readonly after: TracedValue;
  /** Text to put back, by where it belongs in the document as it is to be. */
  readonly sources?: SourceTexts;
  /** Keep an alias whose value is to become what that of its anchor becomes. */
  readonly keepFollowing?: boolean;
}

export interface Rewritten {
  readonly edits: readonly Edit[];
  /** What was written over and would not come back by itself. */
  readonly overwritten: SourceTexts;
}

export function rewrite({
  text,
  tree,
  before,
  after,
  sources = new Map(),
  keepFollowing = false,
}: Rewriting): Rewritten {
  if (isDeepStrictEqual(before, after.value)) return { edits: [], overwritten: new Map() };
  const aliases = aliasesOfChanged(tree, { before, after, keepFollowing });
  const overwritten = new Map<string, SourceText>();
  const context: Context = { text, style: styleOf(text, tree), after, aliases, sources, overwritten };
  const root: Site = {
    node: tree.contents,
    holder: 'root',
    inFlow: false,
    keyEnd: 0,
    column: 0,
    was: '',
    becomes: '',
  };
  const edits = nodeEdits(root, [before, after.value], context);
  const isWithin = (one: Edit, other: Edit): boolean => one.start >= other.start && one.end <= other.end;
  const merged = mergedAliasEdits(tree, aliases, context);
  return {
    edits: [...edits, ...merged.filter((edit) => !edits.some((other) => isWithin(edit, other)))],
    overwritten,
  };
}

interface Context extends StyledText {
  readonly after: TracedValue;
  readonly aliases: Aliases;
  readonly sources: SourceTexts;
  readonly overwritten: Map<string, SourceText>;
}

type Change = readonly [before: unknown, after: unknown];

function nodeEdits(site: Site, [before, after]: Change, context: Context): readonly Edit[] {
  const { node } = site;
  const { aliases, sources } = context;
  if (node !== null && aliases.following.has(node)) return [];
  const restored = restoration(site, context);
  if (restored !== null) return [restored];
  const isSame = isDeepStrictEqual(before, after);
  if (isSame && !(node !== null && aliases.around.has(node)) && !holdsSource(site, sources)) return [];
  const parts = collectionEdits(site, [before, after], context);
  if (parts !== null) return parts;
  remember(site, before, context);
  return isSame && !isAlias(node) ? [] : [replacement(site, after, context)];
}

/** The text that was there before an injection, where it is known. */
function restoration(site: Site, { text, style, sources }: Context): Edit | null {
  const source = sources.get(site.becomes);
  const region = source === undefined ? null : regionOf(site, text);
  return source === undefined || region === null
    ? null
    : { ...region, text: source.text.replaceAll('\n', style.eol) };
}

const holdsSource = ({ becomes }: Site, sources: SourceTexts): boolean =>
  [...sources.keys()].some((pointer) => pointer.startsWith(`${becomes}/`));

/** With the line ends of Unix: the file may be given others until it comes back. */
function remember(site: Site, before: unknown, { text, overwritten }: Context): void {
  const region = regionOf(site, text);
  if (region !== null)
    overwritten.set(
      site.was,
      sourceText(text.slice(region.start, region.end).replaceAll('\r\n', '\n'), before),
    );
}

/** Null where the node is not a collection, or another one than before, or cannot be changed in parts. */
function collectionEdits(site: Site, [before, after]: Change, context: Context): readonly Edit[] | null {
  const { node } = site;
  if (node === null || isAlias(node) || !isCollection(node) || node.items.length === 0) return null;
  if (isMap(node) && isObject(before) && isObject(after))
    return mapEdits({ ...site, node }, [before, after], context);
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after))
    return seqEdits({ ...site, node }, [before, after], context);
  return null;
}

const isWithinFlow = ({ node, inFlow }: Site): boolean =>
  inFlow || (isCollection(node) && node.flow === true);

function mapEdits(
  site: Site & { readonly node: YAMLMap },
  [before, after]: readonly [Json, Json],
  context: Context,
): readonly Edit[] | null {
  const { node } = site;
  const inFlow = isWithinFlow(site);
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
    else
      edits.push(...nodeEdits(valueSite(pair, { site, key }, context), [before[key], after[key]], context));
  }
  const added = Object.entries(after).filter(
    ([key, value]) =>
      !keys.has(key) && !(Object.hasOwn(before, key) && isDeepStrictEqual(before[key], value)),
  );
  // A key that comes back, and one that only hid what a merge key brings in, would not be as they were written.
  const hides =
    isMerging && (added.some(([key]) => Object.hasOwn(before, key)) || context.aliases.around.has(node));
  if (gone.size > 0 || hides) remember(site, before, context);
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

function valueSite(
  pair: Pair,
  { site, key }: { readonly site: Site; readonly key: string },
  { text }: StyledText,
): Site {
  const [keyStart = 0, keyEnd = 0] = (pair.key as Node).range ?? [];
  return {
    node: pair.value as Node | null,
    holder: 'pair',
    inFlow: isWithinFlow(site),
    keyEnd,
    column: columnOf(text, keyStart),
    was: pointerTo(site.was, key),
    becomes: pointerTo(site.becomes, key),
  };
}

function seqEdits(
  site: Site & { readonly node: YAMLSeq },
  [before, after]: readonly [readonly unknown[], readonly unknown[]],
  context: Context,
): readonly Edit[] | null {
  if (after.length === 0) return null;
  const { node } = site;
  const inFlow = isWithinFlow(site);
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
      const itemSite: Site = {
        node: item,
        holder: 'item',
        inFlow,
        keyEnd: 0,
        column: columnOf(context.text, item.range?.[0] ?? 0),
        was: pointerTo(site.was, index),
        becomes: pointerTo(site.becomes, partner),
      };
      edits.push(...nodeEdits(itemSite, [before[index], after[partner]], context));
    }
  }
  if (gone.size === items.length) return null;
  if (gone.size > 0) remember(site, before, context);
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
