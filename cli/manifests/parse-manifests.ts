/**
 * A file into the documents it is made of, each as its syntax tree, which knows where everything stands, and as the
 * plain value that Kubernetes would see.
 *
 * The dialect is that of kubectl: YAML 1.1 without its dates and sexagesimals, merge keys included. JSON is read as
 * the YAML that it also is.
 */
import { Composer, CST, type Document, Lexer, LineCounter, Parser, type Tags } from 'yaml';
import type { InputProblem } from '../bad-input.js';
import { manifestLimits } from './manifest-limits.js';
import type { SourceFile } from './read-files.js';

export interface ManifestFile extends SourceFile {
  readonly documents: readonly ManifestDocument[];
  /** `pod.yaml:3:5` for an offset of the text. */
  place(offset: number): string;
}

export interface ManifestDocument {
  readonly tree: Document.Parsed;
  /** Of JSON's types; an object, or null where the document is empty. */
  readonly value: unknown;
}

export type Parsed =
  | { readonly kind: 'parsed'; readonly file: ManifestFile }
  | { readonly kind: 'problems'; readonly problems: readonly InputProblem[] };

/** Never throws, whatever the text. */
export function parseManifests(source: SourceFile): Parsed {
  const lines = new LineCounter();
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${source.name}:${line}:${col}`;
  };
  const problems: InputProblem[] = [];
  const complain = (offset: number, message: string): void => {
    if (problems.length < manifestLimits.problems) problems.push({ subject: place(offset), message });
  };
  const trees = compose(source.text, lines, complain);
  for (const { errors } of trees)
    for (const { pos, message } of errors) complain(pos[0], message.replace(/\.$/, ''));
  if (problems.length > 0) return { kind: 'problems', problems };
  const documents = trees.map((tree) => ({ tree, value: plainValue(tree, complain) }));
  return problems.length > 0
    ? { kind: 'problems', problems }
    : { kind: 'parsed', file: { ...source, documents, place } };
}

type Complain = (offset: number, message: string) => void;

/** Documents up to the first that is beyond a bound: the composer calls itself for each level, and would die of many. */
function compose(text: string, lines: LineCounter, complain: Complain): readonly Document.Parsed[] {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const composer = new Composer<never>({
    version: '1.1',
    customTags: kubernetesTags,
    keepSourceTokens: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const trees: Document.Parsed[] = [];
  const take = (tokens: Iterable<CST.Token>): void => {
    for (const token of tokens) for (const tree of composer.next(token)) trees.push(tree);
  };
  let aliases = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (CST.tokenType(lexeme) === 'alias') aliases += 1;
    take(parser.next(lexeme));
    if (parser.stack.length > manifestLimits.depth) {
      complain(parser.offset, `nested deeper than ${manifestLimits.depth} levels`);
      return [];
    }
    if (aliases > manifestLimits.aliases) {
      complain(parser.offset, `more than ${manifestLimits.aliases} aliases`);
      return [];
    }
    if (trees.length > manifestLimits.documents) break;
  }
  take(parser.end());
  for (const tree of composer.end()) trees.push(tree);
  if (trees.length <= manifestLimits.documents) return trees;
  complain(parser.offset, `more than ${manifestLimits.documents} documents`);
  return [];
}

const kubernetesTags = (tags: Tags): Tags =>
  tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      (!/:(timestamp|binary|omap|pairs|set)$/.test(tag.tag) && tag.format !== 'TIME'),
  );

function plainValue(tree: Document.Parsed, complain: Complain): unknown {
  const start = tree.contents?.range[0] ?? tree.range[0];
  try {
    // Aliases are the same object as their anchor's: written out they are values of their own.
    const value: unknown = JSON.parse(
      JSON.stringify(tree.toJS({ maxAliasCount: manifestLimits.aliasesOfOne })),
    );
    const isManifest = value === null || (typeof value === 'object' && !Array.isArray(value));
    if (!isManifest)
      complain(start, `a manifest is an object, and this is ${Array.isArray(value) ? 'a list' : 'a scalar'}`);
    return value;
  } catch (error) {
    // Aliases that lead nowhere or multiply; merge keys of what is no map; more than a string holds.
    if (!(error instanceof Error)) throw error;
    complain(start, error instanceof TypeError ? 'an alias leads into itself' : error.message);
    return null;
  }
}
