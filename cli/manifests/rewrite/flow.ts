/** Flow collections, JSON among them, edited between their brackets, on their line or in lines as they have them. */
import { isPair, type Node } from 'yaml';
import type { StyledText } from './block.js';
import type { Edit } from './edits.js';
import { contentEnd, indentation } from './lines.js';
import { flowLines, flowText } from './render.js';

/** A pair, an item; of a collection that has at least one. */
export type Entry = unknown;

/** `indent` is null where all is on one line. */
export type Write = (value: unknown, indent: string | null) => string;

/** `before[index]` goes before the entry of that index, or after all of them. Written by `write` behind an indentation. */
export function flowEntries(
  entries: readonly Entry[],
  before: readonly (readonly unknown[])[],
  { styled, write }: { readonly styled: StyledText; readonly write: Write },
): readonly Edit[] {
  const { indent, separator } = layoutOf(entries, styled);
  return before.flatMap((values, index): readonly Edit[] => {
    if (values.length === 0) return [];
    const entry = entries[index];
    const texts = values.map((value) => write(value, indent));
    if (entry !== undefined) {
      const start = entryStart(entry);
      return [{ start, end: start, text: texts.map((text) => text + separator).join('') }];
    }
    const end = contentEnd(entries.at(-1));
    return [{ start: end, end, text: texts.map((text) => separator + text).join('') }];
  });
}

/** A run of entries goes with the comma behind it, or that before it at the end. Null where nothing would be left. */
export function withoutFlowEntries(
  entries: readonly Entry[],
  gone: ReadonlySet<Entry>,
): readonly Edit[] | null {
  if (entries.every((entry) => gone.has(entry))) return null;
  const edits: Edit[] = [];
  let index = 0;
  while (index < entries.length) {
    if (!gone.has(entries[index])) {
      index += 1;
      continue;
    }
    const first = index;
    while (index < entries.length && gone.has(entries[index])) index += 1;
    const next = entries[index];
    edits.push(
      next === undefined
        ? { start: contentEnd(entries[first - 1]), end: contentEnd(entries[index - 1]), text: '' }
        : { start: entryStart(entries[first]), end: entryStart(next), text: '' },
    );
  }
  return edits;
}

export const pairText =
  ({ style }: StyledText): Write =>
  (pair, indent) => {
    const [key, value] = pair as readonly [string, unknown];
    return `${flowText(key, style)}:${style.spaced ? ' ' : ''}${flowLines(value, indent, style)}`;
  };

export const itemText =
  ({ style }: StyledText): Write =>
  (value, indent) =>
    flowLines(value, indent, style);

function layoutOf(
  entries: readonly Entry[],
  { text, style }: StyledText,
): { readonly indent: string | null; readonly separator: string } {
  const indent = indentation(text, entryStart(entries[0]));
  if (indent === null) return { indent: null, separator: style.spaced ? ', ' : ',' };
  return { indent, separator: `,${style.eol}${indent}` };
}

const entryStart = (entry: Entry): number => {
  const node = (isPair(entry) ? entry.key : entry) as Node;
  return node.range?.[0] ?? 0;
};
