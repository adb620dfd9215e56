/**
 * A file into the documents it is made of, each as its syntax tree, which knows where everything stands, and as the
 * plain value that Kubernetes would see.
 *
 * The dialect is that of kubectl: YAML 1.1 without its dates and sexagesimals, merge keys included, by the rules of
 * libyaml where they are looser than the specification. JSON is read as the YAML that it also is.
 */
import { Composer, CST, type Document, LineCounter, Parser, type ScalarTag, type Tags } from 'yaml';
import type { InputProblem } from '../bad-input.js';
import { kubectlLexer } from './kubectl-lexer.js';
import { manifestLimits } from './manifest-limits.js';
import type { SourceFile } from './read-files.js';

export interface ManifestFile extends SourceFile {
  readonly documents: readonly ManifestDocument[];
  /** What kubectl reads without a word, and is most likely a mistake. */
  readonly oddities: readonly InputProblem[];
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
  const oddities: InputProblem[] = [];
  const tell = (list: InputProblem[], offset: number, message: string): void => {
    if (list.length < manifestLimits.problems) list.push({ subject: place(offset), message });
  };
  const complain: Complain = (offset, message) => tell(problems, offset, message);
  const trees = compose(source.text, lines, complain);
  for (const { code, pos, message } of trees.flatMap(({ errors }) => errors)) {
    if (code === 'DUPLICATE_KEY')
      tell(oddities, pos[0], 'this key stands here a second time; kubectl takes the last one');
    else if (!isCommentWithoutSpace(code, pos[0], source.text)) complain(pos[0], message.replace(/\.$/, ''));
  }
  if (problems.length > 0) return { kind: 'problems', problems };
  const documents = trees.map((tree) => ({ tree, value: plainValue(tree, complain) }));
  return problems.length > 0
    ? { kind: 'problems', problems }
    : { kind: 'parsed', file: { ...source, documents, oddities, place } };
}

/** `"text"#comment`: for libyaml a comment needs no space before it. No other problem begins at a number sign. */
const isCommentWithoutSpace = (code: string, offset: number, text: string): boolean =>
  code === 'MISSING_CHAR' && text[offset] === '#';

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
  for (const lexeme of kubectlLexer().lex(text)) {
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

export const kubernetesTags = (tags: Tags): Tags => [
  octal,
  ...tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      (!/:(timestamp|binary|omap|pairs|set)$/.test(tag.tag) && tag.format !== 'TIME'),
  ),
];

/** `0o17` is YAML 1.2, and Go reads it in 1.1 too. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => {
    const digits = text.replace(/^[-+]?0o|_/g, '');
    const size = Number.parseInt(digits, 8);
    return text.startsWith('-') ? -size : size;
  },
};

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
    // Aliases that lead nowhere or multiply; merge keys of what is not a map; more than a string holds.
    if (!(error instanceof Error)) throw error;
    complain(start, error instanceof TypeError ? 'an alias leads into itself' : error.message);
    return null;
  }
}
