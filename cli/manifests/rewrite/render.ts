/** New values as text: block style where lines are to be had, else on the line, in the style of the file. */
import { Document, isScalar, Scalar, type ToStringOptions, visit } from 'yaml';
import { isObject } from '../../../core/json.js';
import type { Style } from './style.js';

/** Lines behind `column` spaces, the first included, the last with its end. */
export function blockLines(value: unknown, column: number, style: Style): string {
  const text = new Document(value, asWhole);
  quoteWhatGoReads(text);
  return text
    .toString({ ...asWritten, indentSeq: style.indentSeq })
    .replaceAll(/^(?=.)/gm, ' '.repeat(column))
    .replaceAll('\n', style.eol);
}

/** A scalar that replaces another is quoted as that one was. */
export function scalarText(value: unknown, like: Scalar.Type | undefined): string {
  const scalar = new Scalar(value);
  const isOneLine = typeof value !== 'string' || !/[\n\r]/.test(value);
  if (typeof value === 'string' && isOneLine && like?.startsWith('QUOTE')) scalar.type = like;
  const text = new Document(scalar, asWhole);
  quoteWhatGoReads(text);
  return text.toString(asWritten).trimEnd();
}

/** On one line, in quotes where it needs some. */
export function flowText(value: unknown, style: Pick<Style, 'json' | 'spaced'>): string {
  const space = style.spaced ? ' ' : '';
  const inner = (item: unknown): string => flowText(item, style);
  if (Array.isArray(value)) return `[${value.map(inner).join(`,${space}`)}]`;
  if (!isObject(value)) return !style.json && isPlain(value) ? value : JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${inner(key)}:${space}${inner(item)}`)
    .join(`,${space}`)}}`;
}

/** Between brackets a comma, a colon or a bracket ends what has no quotes. */
export const isPlain = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^[\w./$(][\w./$()@=+-]*$/.test(value) &&
  scalarText(value, undefined) === value;

/** Over several lines, those after the first behind `indent`; null: there is but one. */
export function flowLines(value: unknown, indent: string | null, style: Style): string {
  if (indent === null || style.unit === '') return flowText(value, style);
  return JSON.stringify(value, null, style.unit).replaceAll('\n', style.eol + indent);
}

/** The same object twice is written twice: nobody asked for anchors. */
const asWhole = { version: '1.1', aliasDuplicateObjects: false } as const;

/** Nothing is folded: a long line is still the value that it is. */
const asWritten: ToStringOptions = {
  lineWidth: 0,
  blockQuote: false,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
};

/** `0o7` is text in YAML 1.1, but a number to kubectl. */
function quoteWhatGoReads(text: Document): void {
  visit(text, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'string' && /^[-+]?0[box_]/i.test(node.value))
        node.type = 'QUOTE_DOUBLE';
    },
  });
}
