/** Where lines begin and end, and where the content of a node does. */
import { isCollection, isPair, type Node } from 'yaml';

export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Past its line feed, or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  return feed === -1 ? text.length : feed + 1;
}

/** What is before `offset` on its line where that is only space, else null. */
export function indentation(text: string, offset: number): string | null {
  const before = text.slice(lineStart(text, offset), offset).replace(/^\ufeff/, '');
  return /^[ \t]*$/.test(before) ? before : null;
}

export function columnOf(text: string, offset: number): number {
  return text.slice(lineStart(text, offset), offset).replace(/^\ufeff/, '').length;
}

/** Past the last character of a node, comments behind it not counted. */
export function contentEnd(node: unknown): number {
  if (isPair(node)) return contentEnd(node.value ?? node.key);
  const last = isCollection(node) && node.flow !== true ? node.items.at(-1) : undefined;
  return last === undefined ? ((node as Node).range?.[1] ?? 0) : contentEnd(last);
}

/** Where what comes next in a block collection is to begin: a line of its own. */
export function nextLine(text: string, node: unknown): number {
  const end = contentEnd(node);
  return text[end - 1] === '\n' ? end : lineEnd(text, end);
}

/** The beginning of the comments right above, of the same indentation: they are about what is below. */
export function aboveComments(text: string, start: number, indent: string): number {
  let top = start;
  while (top > 0) {
    const above = lineStart(text, top - 1);
    if (!text.slice(above, top).startsWith(`${indent}#`)) return top;
    top = above;
  }
  return top;
}
