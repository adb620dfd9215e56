/** A node written again, where it stands. */
import { isCollection, isScalar, type Scalar } from 'yaml';
import type { StyledText } from './block.js';
import type { Edit } from './edits.js';
import { columnOf, contentEnd, lineEnd, lineStart } from './lines.js';
import { blockLines, flowText, scalarText } from './render.js';
import type { Place } from './source-text.js';
import type { Style } from './style.js';

/** A node and what it is in. */
export interface Site extends Place {
  /** Of the pair's key, of the item. */
  readonly column: number;
  /** JSON pointers into the document as it is and as it is to be. */
  readonly was: string;
  readonly becomes: string;
}

export function replacement(site: Site, value: unknown, { text, style }: StyledText): Edit {
  const { node, holder, inFlow, column } = site;
  if (node?.range == null) throw new TypeError('what is not in the text cannot be replaced');
  const start = node.range[0];
  const end = start + text.slice(start, contentEnd(node)).trimEnd().length;
  const isFull = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  const isBlock = isCollection(node) && node.flow !== true;
  if (inFlow || style.json || !isFull) {
    const inline = inlineText(value, site, style);
    return isBlock && holder === 'pair'
      ? behindKey(inline, { start, end }, text)
      : { start, end, text: inline };
  }
  const block = (at: number): string => blockLines(value, at, style).slice(0, -style.eol.length);
  if (isBlock || holder !== 'pair') {
    // A list may stand below its key, where a map would be part of the map that the key is in.
    const here = isBlock || holder === 'root' ? columnOf(text, start) : column;
    const at = holder === 'pair' ? Math.max(here, column + 1) : here;
    return { start, end, text: block(at).slice(here) };
  }
  const { length } = spaceBefore(text, start, /[ \t]*$/);
  // A comment behind the value stays behind the key.
  const [rest = '', comment = ''] = /^[ \t]*(#[^\r\n]*)?/.exec(text.slice(end, lineEnd(text, end))) ?? [];
  const kept = comment === '' ? '' : ` ${comment}`;
  return { start: start - length, end: end + rest.length, text: kept + style.eol + block(column + 2) };
}

const spaceBefore = (text: string, offset: number, pattern: RegExp): string => {
  const from = Math.max(0, offset - longestSpace);
  return pattern.exec(text.slice(from, offset))?.[0] ?? '';
};
const longestSpace = 1000;

/** From lines of its own back onto the line of the key, where no comment stands between. */
function behindKey(inline: string, { start, end }: Omit<Edit, 'text'>, text: string): Edit {
  const { length } = spaceBefore(text, start, /\s*$/);
  const isNext = /(:|(^|\s)[&!]\S+)$/.test(text.slice(lineStart(text, start - length), start - length));
  return isNext ? { start: start - length, end, text: ` ${inline}` } : { start, end, text: `  ${inline}` };
}

function inlineText(value: unknown, { node, inFlow }: Site, style: Style): string {
  const like = isScalar(node) ? node.type : undefined;
  if (style.json || (typeof value === 'object' && value !== null)) return flowText(value, style);
  return inFlow ? flowScalar(value, like, style) : scalarText(value, like);
}

function flowScalar(value: unknown, like: Scalar.Type | undefined, style: Style): string {
  const isSingle = typeof value === 'string' && like === 'QUOTE_SINGLE';
  if (isSingle) return scalarText(value, like);
  return like === 'QUOTE_DOUBLE' ? JSON.stringify(value) : flowText(value, style);
}
