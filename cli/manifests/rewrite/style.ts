/** How a text is written, so that what is added looks like what is there. */
import { type Document, isMap, isSeq, visit } from 'yaml';
import { columnOf, indentation } from './lines.js';

export interface Style {
  readonly json: boolean;
  readonly eol: '\n' | '\r\n';
  /** Of JSON what one level is set in by; '' where it is all on one line, and in YAML, whose flow style is for short things. */
  readonly unit: string;
  /** Are the lists of block maps further in than their keys? */
  readonly indentSeq: boolean;
  /** Is there a space behind the colons and commas that are on one line? */
  readonly spaced: boolean;
}

export function styleOf(text: string, { contents }: Document.Parsed): Style {
  const json = isMap(contents) && contents.flow === true && contents.range?.[0] === firstInk(text);
  const first = isMap(contents) ? contents.items[0]?.key : undefined;
  const isFirstOnLine = json && first?.range && text.slice(0, first.range[0]).includes('\n');
  return {
    json,
    eol: /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n',
    unit: isFirstOnLine ? (indentation(text, first.range[0]) ?? '') : '',
    indentSeq: isSeqIndented(text, contents),
    spaced: !json || /": /.test(text),
  };
}

const firstInk = (text: string): number => /[^\s\ufeff]/.exec(text)?.index ?? 0;

function isSeqIndented(text: string, contents: Document.Parsed['contents']): boolean {
  let answer = true;
  visit(contents, {
    Pair: (_key, { key, value }) => {
      if (!isSeq(value) || value.flow === true || !value.range) return undefined;
      const keyStart = (key as { range?: readonly number[] }).range?.[0] ?? 0;
      answer = columnOf(text, value.range[0]) > columnOf(text, keyStart);
      return visit.BREAK;
    },
  });
  return answer;
}
