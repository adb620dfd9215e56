/**
 * Block collections, edited by whole lines.
 *
 *     containers:            ◄ a new pair of the map: after its last line
 *       # the server         ◄ a new item before the next: above its comments
 *       - name: postgres
 *         image: postgres    ◄ a new pair of the item's map: after its last line
 *
 * Each answer is null where what is to change does not have lines of its own; then the whole collection is written again.
 */
import type { CST, Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { Edit } from './edits.js';
import { aboveComments, columnOf, indentation, lineStart, nextLine } from './lines.js';
import { blockLines } from './render.js';
import type { Style } from './style.js';

export interface StyledText {
  readonly text: string;
  readonly style: Style;
}

/** Keys that are easier to find before others than at the end. */
const usualPlaces: ReadonlyMap<string, string> = new Map([
  ['initContainers', 'containers'],
  ['metadata', 'spec'],
]);

export function blockPairs(
  node: YAMLMap,
  {
    added,
    gone,
  }: { readonly added: readonly (readonly [string, unknown])[]; readonly gone: ReadonlySet<Pair> },
  styled: StyledText,
): readonly Edit[] {
  const column = columnOf(styled.text, startOf(node.items[0]));
  return added.map(([key, value]) => {
    const lines = blockLines({ [key]: value }, column, styled.style);
    const usual = node.items.find((pair) => keyText(pair) === usualPlaces.get(key));
    // When the first key goes, the next may move behind the dash of an item, and has no line of its own any more.
    const next = gone.size > 0 ? undefined : usual;
    const indent = next === undefined ? null : indentation(styled.text, startOf(next));
    if (next === undefined || indent === null) return insertion(nextLine(styled.text, node), lines, styled);
    return insertion(
      aboveComments(styled.text, lineStart(styled.text, startOf(next)), indent),
      lines,
      styled,
    );
  });
}

export function withoutBlockPairs(
  node: YAMLMap,
  gone: ReadonlySet<Pair>,
  { text }: StyledText,
): readonly Edit[] | null {
  const kept = node.items.find((pair) => !gone.has(pair));
  if (kept === undefined) return null;
  const edits: Edit[] = [];
  // The first key may stand behind the dash of an item: the next one that stays moves there.
  const isBehindDash = indentation(text, startOf(node.items[0])) === null;
  const moved = isBehindDash ? node.items.indexOf(kept) : 0;
  if (moved > 0) edits.push({ start: startOf(node.items[0]), end: startOf(kept), text: '' });
  for (const pair of node.items.slice(moved)) {
    if (!gone.has(pair)) continue;
    if (indentation(text, startOf(pair)) === null) return null;
    edits.push({ start: lineStart(text, startOf(pair)), end: nextLine(text, pair), text: '' });
  }
  return edits;
}

/** `before[index]` goes before the item of that index, or after all of them. */
export function blockItems(
  node: YAMLSeq,
  before: readonly (readonly unknown[])[],
  styled: StyledText,
): readonly Edit[] | null {
  const dashes = dashesOf(node);
  if (dashes.length !== node.items.length) return null;
  const edits: Edit[] = [];
  for (const [index, values] of before.entries()) {
    if (values.length === 0) continue;
    const dash = dashes[index] ?? dashes.at(-1) ?? 0;
    const indent = indentation(styled.text, dash);
    if (indent === null && index < dashes.length) return null;
    const lines = blockLines(values, columnOf(styled.text, dash), styled.style);
    const place =
      indent !== null && index < dashes.length
        ? aboveComments(styled.text, lineStart(styled.text, dash), indent)
        : nextLine(styled.text, node);
    edits.push(insertion(place, lines, styled));
  }
  return edits;
}

export function withoutBlockItem(node: YAMLSeq, index: number, { text }: StyledText): Edit | null {
  const dash = dashesOf(node)[index];
  if (dash === undefined || indentation(text, dash) === null) return null;
  return { start: lineStart(text, dash), end: nextLine(text, node.items[index]), text: '' };
}

/** The last line of a text may lack its end. */
function insertion(place: number, lines: string, { text, style }: StyledText): Edit {
  const isBehindAll = place === text.length && place > 0 && text[place - 1] !== '\n';
  return {
    start: place,
    end: place,
    text: isBehindAll ? style.eol + lines.slice(0, -style.eol.length) : lines,
  };
}

function dashesOf(node: YAMLSeq): readonly number[] {
  const token = node.srcToken as CST.BlockSequence | CST.FlowCollection | undefined;
  if (token?.type !== 'block-seq') return [];
  return token.items.flatMap(({ start }) => start.find(({ type }) => type === 'seq-item-ind')?.offset ?? []);
}

const keyText = (pair: Pair): unknown => (pair.key as { readonly value?: unknown } | null)?.value;

const startOf = (pair: Pair | undefined): number =>
  (pair?.key as { readonly range?: readonly number[] } | null | undefined)?.range?.[0] ?? 0;
