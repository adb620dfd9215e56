/**
 * YAML's lexer, as forgiving as kubectl's (libyaml's rules): between quotes and between brackets indentation means nothing.
 *
 *     note: 'a text in quotes
 *     that goes on in the column of its key'
 *
 * The library's lexer ends such a scalar at the line's end, because the specification asks for one space more. There is no
 * option for it, so two of its methods run here as if nothing around them were indented. test/cli/inject/kubectl.test.ts
 * holds both readings together.
 */
import { Lexer } from 'yaml';

type Lexemes = Generator<string, string | undefined>;

/** What the library calls private. */
interface OpenLexer {
  indentNext: number;
  readonly flowLevel: number;
  parseQuotedScalar(): Lexemes;
  parseFlowCollection(): Lexemes;
  parsePlainScalar(): Lexemes;
}

export function kubectlLexer(): Lexer {
  const lexer = new Lexer();
  const open = lexer as unknown as OpenLexer;
  const { parseQuotedScalar, parseFlowCollection, parsePlainScalar } = open;
  open.parseQuotedScalar = () => withoutIndentation(open, parseQuotedScalar);
  open.parseFlowCollection = () => withoutIndentation(open, parseFlowCollection);
  open.parsePlainScalar = () =>
    open.flowLevel > 0 ? withoutIndentation(open, parsePlainScalar) : parsePlainScalar.call(open);
  return lexer;
}

function* withoutIndentation(lexer: OpenLexer, parse: () => Lexemes): Lexemes {
  const { indentNext } = lexer;
  lexer.indentNext = 0;
  const next = yield* parse.call(lexer);
  lexer.indentNext = indentNext;
  return next;
}
