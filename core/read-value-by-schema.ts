/**
 * A value held against a schema: what it means, or what is wrong with it, each with the path of its field.
 *
 *     value ─ schema ─► value │ issues ─ words ─► problems
 */
import * as z from 'zod';
import { valueAt } from './json.js';
import { nearest } from './nearest.js';
import { printable } from './printable.js';
import { withoutPassword } from './url-password.js';

export type Path = readonly PropertyKey[];

export interface FieldProblem {
  readonly path: Path;
  /** One sentence without a full stop. It begins with the name of the field. */
  readonly message: string;
}

export type ValueReading<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'problems'; readonly problems: readonly FieldProblem[] };

export interface ReadBySchemaOptions<T> {
  readonly schema: z.ZodType<T>;
  /** What the whole is called: `the configuration`. */
  readonly whole: string;
}

/** Whoever reads a hundred mends the first and asks again. */
const mostProblems = 100;

/** Never throws, whatever the value. */
export function readValueBySchema<T>(
  given: unknown,
  { schema, whole }: ReadBySchemaOptions<T>,
): ValueReading<T> {
  const { data, error } = schema.safeParse(given);
  if (error === undefined) return { kind: 'value', value: data };
  const teller = new IssueTeller(schema, whole, given);
  const issues = error.issues.slice(0, mostProblems);
  return {
    kind: 'problems',
    problems: issues.flatMap((issue) => teller.problemsOf(issue)).slice(0, mostProblems),
  };
}

/** As Kubernetes writes it: `spec.steps[0].fault`. */
export const fieldName = (path: Path): string =>
  path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');

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

  problemsOf(issue: z.core.$ZodIssue): readonly FieldProblem[] {
    const { path } = issue;
    if (issue.code !== 'unrecognized_keys') return [{ path, message: this.#messageOf(issue) }];
    const known = this.#fieldsAt(path);
    return issue.keys
      .slice(0, mostProblems)
      .map((key) => ({ path: [...path, key], message: this.#unknownField(path, key, known) }));
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
    return fieldName(path) || this.#whole;
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
