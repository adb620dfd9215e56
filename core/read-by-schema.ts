/**
 * A YAML or JSON text held against a schema: its value, or every problem at once, each with its place.
 *
 *     text ─ yaml ─► document ─ toJS ─► value ─ schema ─► value │ issues ─ document ─► problems with line and column
 */
import { type Document, LineCounter, parseDocument } from 'yaml';
import { type Path, type ReadBySchemaOptions, readValueBySchema } from './read-value-by-schema.js';

export type SchemaReading<T> =
  | { readonly kind: 'value'; readonly value: T; readonly placeOf: (path: Path) => Place }
  | { readonly kind: 'problems'; readonly problems: readonly PlacedProblem[] };

/** From 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface PlacedProblem extends Place {
  /** One sentence without a full stop. */
  readonly message: string;
}

/** Behind the first of them the rest is mostly a consequence. */
const mostSyntaxErrors = 3;

/** Never throws, whatever the text. An empty one is an object without fields. */
export function readBySchema<T>(text: string, { schema, whole }: ReadBySchemaOptions<T>): SchemaReading<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0)
    return refused(
      document.errors.slice(0, mostSyntaxErrors).map(({ code, message, pos }) => ({
        ...placeAt(pos[0]),
        message: code === 'MULTIPLE_DOCS' ? `another document begins here; expected one, ${whole}` : message,
      })),
    );
  const given = resolvedValue(document);
  if (given.kind === 'dangling') return refused([{ line: 1, column: 1, message: given.message }]);
  const placeOf = (path: Path): Place => placeAt(offsetOf(document, path));
  const reading = readValueBySchema(given.value, { schema, whole });
  return reading.kind === 'value'
    ? { ...reading, placeOf }
    : refused(reading.problems.map(({ path, message }) => ({ ...placeOf(path), message })));
}

const refused = (
  problems: readonly PlacedProblem[],
): Extract<SchemaReading<never>, { kind: 'problems' }> => ({
  kind: 'problems',
  problems: problems.toSorted((one, other) => one.line - other.line || one.column - other.column),
});

/** Aliases are resolved here: one of nobody, or of more than a person would write, is found only now. */
function resolvedValue(
  document: Document,
):
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'dangling'; readonly message: string } {
  try {
    return { kind: 'value', value: document.toJS({ maxAliasCount: 100 }) ?? {} };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { kind: 'dangling', message: error.message };
  }
}

/** Of the field at the path, or of the innermost one around it that the text has. */
function offsetOf(document: Document, path: Path): number {
  const own = nodeAt(document, path)?.range?.[0];
  if (own !== undefined) return own;
  const parent = nodeAt(document, path.slice(0, -1));
  const key = parent?.items?.find((pair) => pair.key?.value === path.at(-1))?.key;
  if (key?.range) return key.range[0] ?? 0;
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

const nodeAt = (document: Document, path: Path): Located | undefined =>
  document.getIn(path, true) as Located | undefined;

interface Located {
  readonly range?: readonly number[];
  readonly items?: readonly {
    readonly key?: { readonly value?: unknown; readonly range?: readonly number[] };
  }[];
}
