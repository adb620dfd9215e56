/**
 * The hunks of a unified diff, from the edits that made the difference: nothing is searched for, so that a thousand
 * pods take a thousand times as long as one, and not a million times.
 *
 *     edits by offset ─► changes of whole lines ─► hunks with context, near ones together
 */
import type { StructuredPatchHunk } from 'diff';
import { applyEdits, type Edit, inOrder, splice } from '../../manifests/rewrite/edits.js';
import { lineEnd, lineStart } from '../../manifests/rewrite/lines.js';

/** Lines around a change. */
const context = 3;

export function hunksOf(text: string, edits: readonly Edit[]): readonly StructuredPatchHunk[] {
  const lines = linesOf(text);
  const changes = lineChanges(text, edits, lines);
  const groups: LineChange[][] = [];
  for (const change of changes) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group === undefined || last === undefined || change.first - last.end > 2 * context)
      groups.push([change]);
    else group.push(change);
  }
  let shift = 0;
  return groups.map((group) => {
    const hunk = hunkOf(group, lines, shift);
    shift += hunk.newLines - hunk.oldLines;
    return hunk;
  });
}

/** Lines `first` to before `end`, from 0, become others. */
interface LineChange {
  readonly first: number;
  readonly end: number;
  readonly lines: readonly string[];
}

function hunkOf(group: readonly LineChange[], lines: readonly string[], shift: number): StructuredPatchHunk {
  const from = Math.max(0, (group[0]?.first ?? 0) - context);
  const to = Math.min(lines.length, (group.at(-1)?.end ?? 0) + context);
  const shown: string[] = [];
  const counts = { old: 0, new: 0 };
  const show = (mark: ' ' | '-' | '+', some: readonly string[]): void => {
    for (const line of some) {
      shown.push(mark + line.replace(/\n$/, ''));
      if (!line.endsWith('\n')) shown.push('\\ No newline at end of file');
    }
    if (mark !== '+') counts.old += some.length;
    if (mark !== '-') counts.new += some.length;
  };
  let at = from;
  for (const change of group) {
    show(' ', lines.slice(at, change.first));
    show('-', lines.slice(change.first, change.end));
    show('+', change.lines);
    at = change.end;
  }
  show(' ', lines.slice(at, to));
  return {
    oldStart: from + 1,
    oldLines: counts.old,
    newStart: from + 1 + shift,
    newLines: counts.new,
    lines: shown,
  };
}

function lineChanges(text: string, edits: readonly Edit[], lines: readonly string[]): readonly LineChange[] {
  const numbers = new Map<number, number>();
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    numbers.set(offset, index);
    offset += line.length;
  }
  numbers.set(text.length, lines.length);
  return spansOf(text, edits).flatMap(({ start, end, edits: inner }) => {
    const old = text.slice(start, end);
    const own = inner.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    const edited = end === text.length && !text.endsWith('\n') ? applyEdits(old, own) : splice(old, own);
    const change = { first: numbers.get(start) ?? 0, end: numbers.get(end) ?? 0, lines: linesOf(edited) };
    return withoutSame(change, linesOf(old));
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly edits: readonly Edit[];
}

/** Whole lines, each span apart from the next. */
function spansOf(text: string, edits: readonly Edit[]): readonly Span[] {
  const spans: Span[] = [];
  for (const edit of inOrder(edits)) {
    const { start, end } = wholeLines(text, edit);
    const last = spans.at(-1);
    if (last === undefined || start > last.end) spans.push({ start, end, edits: [edit] });
    else spans[spans.length - 1] = joined(last, { start, end, edits: [edit] });
  }
  return text.endsWith('\n') || spans.at(-1)?.end !== text.length ? spans : withLineBefore(spans, text);
}

const joined = (one: Span, other: Span): Span => ({
  start: one.start,
  end: Math.max(one.end, other.end),
  edits: [...one.edits, ...other.edits],
});

/** Of a text without an end to its last line, the line that becomes the last gives its own away. */
function withLineBefore(spans: readonly Span[], text: string): readonly Span[] {
  const rest = [...spans];
  let last = rest.pop();
  while (last !== undefined) {
    last = { ...last, start: lineStart(text, Math.max(0, last.start - 1)) };
    const before = rest.at(-1);
    if (before === undefined || before.end < last.start) return [...rest, last];
    last = joined(before, last);
    rest.pop();
  }
  return rest;
}

function wholeLines(text: string, edit: Edit): Pick<Edit, 'start' | 'end'> {
  const isBegin = (offset: number): boolean => lineStart(text, offset) === offset;
  const isWhole = isBegin(edit.start) && isBegin(edit.end) && /(^|\n)$/.test(edit.text);
  return isWhole ? edit : { start: lineStart(text, edit.start), end: lineEnd(text, edit.end) };
}

/** Without the lines at both ends that are what they were. */
function withoutSame({ first, end, lines }: LineChange, old: readonly string[]): readonly LineChange[] {
  let [head, tail] = [0, 0];
  const most = Math.min(old.length, lines.length);
  while (head < most && old[head] === lines[head]) head += 1;
  while (tail < most - head && old[old.length - 1 - tail] === lines[lines.length - 1 - tail]) tail += 1;
  const change = { first: first + head, end: end - tail, lines: lines.slice(head, lines.length - tail) };
  return change.first === change.end && change.lines.length === 0 ? [] : [change];
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split(/(?<=\n)/));
