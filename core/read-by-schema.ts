/**
 * A YAML or JSON text held against a schema: its value, or every problem at once, each with its place.
 *
 *     text ─ yaml ─► document ─ toJS ─► value ─ schema ─► value │ issues ─ document ─► problems with line and column
 */
import { type Document, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { valueAt } from './json.js';
import { nearest } from './nearest.js';
import { printable } from './printable.js';
import { withoutPassword } from './url-password.js';

export type SchemaReading<T> =
  | { readonly kind: 'value'; readonly value: T; readonly placeOf: (path: Path) => Place }
  | { readonly kind: 'problems'; readonly problems: readonly PlacedProblem[] };

export type Path = readonly PropertyKey[];

/** From 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface PlacedProblem extends Place {
  /** One sentence without a full stop. */
  readonly message: string;
}

export interface ReadBySchemaOptions<T> {
  readonly schema: z.ZodType<T>;
  /** What the whole text is called: `the configuration`. */
  readonly whole: string;
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
  const { data, error } = schema.safeParse(given.value);
  if (error === undefined) return { kind: 'value', value: data, placeOf };
  const teller = new IssueTeller(schema, whole, given.value);
  return refused(
    error.issues.flatMap((issue) =>
      teller.problemsOf(issue).map(({ path, message }) => ({ ...placeOf(path), message })),
    ),
  );
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

interface ToldIssue {
  readonly path: Path;
  readonly message: string;
}

/** Words for what a schema refuses: what was found, what was expected. */
class IssueTeller {
  readonly #schema: z.ZodType;
  readonly #whole: string;
  readonly #given: unknown;

  constructor(schema: z.ZodType, whole: string, given: unknown) {
    this.#schema = schema;
    this.#whole = whole;
    this.#given = given;
  }

  problemsOf(issue: z.core.$ZodIssue): readonly ToldIssue[] {
    const { path } = issue;
    if (issue.code !== 'unrecognized_keys') return [{ path, message: this.#messageOf(issue) }];
    const known = this.#fieldsAt(path);
    return issue.keys.map((key) => ({ path: [...path, key], message: this.#unknownField(path, key, known) }));
  }

  #messageOf(issue: z.core.$ZodIssue): string {
    const where = this.#nameOf(issue.path);
    const found = valueAt(this.#given, issue.path);
    const expected = this.#expectedBy(issue);
    if (found === undefined) return `${where} is missing; expected ${expected}`;
    return issue.code === 'custom'
      ? `${where}: ${issue.message}`
      : `${where} is ${described(found)}; expected ${expected}`;
  }

  #expectedBy(issue: z.core.$ZodIssue): string {
    const schema = this.#schemaAt(issue.path);
    const description = layersOf(schema).find((layer) => layer.description !== undefined)?.description;
    if (description !== undefined) return description;
    if (issue.code === 'invalid_value') return oneOf(issue.values.map(String));
    const range = rangeOf(issue);
    if (range !== null) return range;
    const type = typeNames[issue.code === 'invalid_type' ? issue.expected : 'unknown'] ?? 'another value';
    return schema?.isNullable() ? `${type} or null` : type;
  }

  #unknownField(path: Path, key: string, known: readonly string[]): string {
    const likely = nearest(key.slice(0, 100), known);
    const wayOut = likely === undefined ? `known are ${known.join(', ')}` : `did you mean "${likely}"?`;
    return `${this.#nameOf(path)} has no field "${printable(key.slice(0, 100))}"; ${wayOut}`;
  }

  #nameOf(path: Path): string {
    return path.map(String).join('.') || this.#whole;
  }

  #fieldsAt(path: Path): readonly string[] {
    const schema = withoutWrappers(this.#schemaAt(path));
    return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  }

  #schemaAt(path: Path): z.ZodType | undefined {
    return path.reduce(partAt, this.#schema);
  }
}

const oneOf = (values: readonly string[]): string =>
  values.length === 1 ? (values[0] ?? '') : `one of ${values.join(', ')}`;

/** Null where the issue is of another kind. */
function rangeOf(issue: z.core.$ZodIssue): string | null {
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return null;
  const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  return issue.origin === 'array'
    ? `a list of ${bound}`
    : issue.origin === 'string'
      ? `${bound} characters`
      : bound;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'fields',
  record: 'fields',
};

function described(found: unknown): string {
  if (found === null) return 'empty';
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : `a list of ${found.length}`;
  if (typeof found === 'object') return 'fields';
  const text =
    typeof found === 'string' ? JSON.stringify(withoutPassword(found).slice(0, 100)) : String(found);
  return printable(text);
}

function partAt(whole: z.ZodType | undefined, key: PropertyKey): z.ZodType | undefined {
  const schema = withoutWrappers(whole);
  if (schema instanceof z.ZodObject) return schema.shape[String(key)];
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return schema instanceof z.ZodRecord ? (schema.valueType as z.ZodType) : undefined;
}

/** What is beneath `optional`, `nullable`, `default`, and in front of what a text is made into. */
const withoutWrappers = (schema: z.ZodType | undefined): z.ZodType | undefined => layersOf(schema).at(-1);

/** A schema and what it wraps, from the outside in. */
function layersOf(schema: z.ZodType | undefined): readonly z.ZodType[] {
  if (schema === undefined) return [];
  if (schema instanceof z.ZodPipe) return [schema, ...layersOf(schema.in as z.ZodType)];
  const isWrapper =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault;
  return isWrapper ? [schema, ...layersOf(schema.unwrap() as z.ZodType)] : [schema];
}
