/**
 * Shows a bad sentence with a caret below each problem, the nearest right word beside it:
 *
 *     disk latensy 200 on fsync
 *          ^^^^^^^ no effect of the disk server; did you mean "latency"?
 *                  ^^^ a number needs a unit; did you mean "200ms"?
 */

import { printable } from '../../core/printable.js';
import { type SentenceProblem, wayOut } from '../../faults/way-out.js';
import { type Ink, plain } from './ink.js';
import { widthOf } from './width.js';

export interface CaretOptions {
  readonly indent?: string;
  readonly columns?: number;
  readonly ink?: Ink;
}

export function caretLines(
  sentence: string,
  problems: readonly SentenceProblem[],
  { indent = '  ', columns = Number.POSITIVE_INFINITY, ink = plain }: CaretOptions = {},
): readonly string[] {
  const lines: string[] = [];
  let shown = '';
  for (const problem of problems) {
    const { source, before, marked } = excerpt(sentence, problem, columns - indent.length);
    if (source !== shown) lines.push(indent + source);
    shown = source;
    const carets = ' '.repeat(widthOf(before)) + ink.red('^'.repeat(Math.max(1, widthOf(marked))));
    lines.push(`${indent}${carets} ${wayOut(problem)}`);
  }
  return lines;
}

interface Excerpt {
  readonly source: string;
  readonly before: string;
  readonly marked: string;
}

/** The whole sentence where it fits; else what stands around the problem, so that no line breaks above its caret. */
function excerpt(sentence: string, { column, length }: SentenceProblem, columns: number): Excerpt {
  const start = column - 1;
  const before = printable(sentence.slice(0, start));
  const marked = printable(sentence.slice(start, start + length));
  const after = printable(sentence.slice(start + length));
  if (widthOf(before + marked + after) <= columns) return { source: before + marked + after, before, marked };
  const room = Math.max(10, Math.floor(columns / 3));
  const near = before.length > room ? `…${fromCharacter(before.slice(-room))}` : before;
  const at = marked.length > room ? `${toCharacter(marked.slice(0, room))}…` : marked;
  const far = after.length > room ? `${toCharacter(after.slice(0, room))}…` : after;
  return { source: near + at + far, before: near, marked: at };
}

/** Cutting by UTF-16 units must not leave half a character at the edge. */
const fromCharacter = (text: string): string => text.replace(/^[\udc00-\udfff]/, '');
const toCharacter = (text: string): string => text.replace(/[\ud800-\udbff]$/, '');
