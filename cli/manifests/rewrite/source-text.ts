/**
 * How a manifest was written where an injection has to write over it, so that `uninject` can put back the very text:
 *
 *     volumes: []   # none yet        an empty list that gets items
 *     volumeMounts: *mounts           an alias to what changes
 *     - <<: *base                     a map that hides what a merge key brings in
 *
 * What is remembered is the text of one value: from behind the colon of its key, or the dash of its item, to the end of
 * its last line; between brackets the node alone.
 */
import type { Node } from 'yaml';
import { contentEnd, lineEnd } from './lines.js';

export interface SourceText {
  readonly text: string;
  /** Present where the value was null, or an empty list or map. */
  readonly empty?: null | readonly [] | Readonly<Record<string, never>>;
}

/** By JSON pointer into the document as it was. */
export type SourceTexts = ReadonlyMap<string, SourceText>;

/** Where a value stands. */
export interface Place {
  readonly node: Node | null;
  readonly holder: 'root' | 'pair' | 'item';
  readonly inFlow: boolean;
  /** Of the key's end, where there is one. */
  readonly keyEnd: number;
}

export interface Region {
  readonly start: number;
  readonly end: number;
}

/** Null where the node is not in the text. */
export function regionOf({ node, holder, inFlow, keyEnd }: Place, text: string): Region | null {
  if (node?.range == null) return null;
  const [nodeStart] = node.range;
  const end = nodeStart + text.slice(nodeStart, contentEnd(node)).trimEnd().length;
  if (inFlow) return { start: nodeStart, end };
  const start = holder === 'pair' ? text.indexOf(':', keyEnd) + 1 : nodeStart;
  if (start === 0 || start > nodeStart) return null;
  const last = Math.max(start, end);
  return { start, end: last + commentBehind(text, last).length };
}

const commentBehind = (text: string, offset: number): string =>
  /^[ \t]*(#[^\r\n]*)?/.exec(text.slice(offset, lineEnd(text, offset)))?.[0] ?? '';

export function sourceText(text: string, value: unknown): SourceText {
  return isEmpty(value) ? { text, empty: value } : { text };
}

export const isEmpty = (value: unknown): value is NonNullable<SourceText['empty']> | null =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);
