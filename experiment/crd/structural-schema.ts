/**
 * The schema of a field as a CustomResourceDefinition has to have it: structural, that is each type stands once, and nothing
 * is chosen between. It follows from the schema that reads the file.
 *
 *     zod ─ toJSONSchema ─► JSON Schema, with the rules of its objects ─ convert ─► structural OpenAPI v3
 *
 * Of an object that is strict, unknown fields are preserved: the API server would take them away before anybody could say
 * what was meant instead.
 */
import * as z from 'zod';
import { type FieldRule, fieldRulesOf } from '../file/field-rules.js';
import { describe } from './describe.js';
import { type CelRule, celRuleOf } from './field-rule-in-cel.js';

export interface StructuralSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: Scalar;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly items?: StructuralSchema;
  readonly additionalProperties?: StructuralSchema;
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
  readonly [boundOrExtension: string]: unknown;
}

export type Scalar = string | number | boolean;

export interface StructuralOptions {
  /** What a field is for, by its path without the places in lists: `spec.steps.fault`. */
  readonly documentation: (path: readonly string[]) => string | undefined;
  /**
   * Is this object taken as it comes, because the whole would grow too large? Then somebody else judges it. The items of
   * a list are at `inList`.
   */
  readonly isOpaque?: (path: readonly string[]) => boolean;
  /** The field by which the items of a list are told apart, where there is one: `name`. */
  readonly keyOf?: (path: readonly string[], item: StructuralSchema) => string | undefined;
}

export const inList = '[]';

type Given = z.core.JSONSchema.JSONSchema;

/** Its value is the place of the rules in a list beside the JSON, which carries data alone. */
const rulesKey = 'x-field-rules';

/** Throws for what no such schema can say. */
export function structuralSchema(
  schema: z.ZodType,
  path: readonly string[],
  options: StructuralOptions,
): StructuralSchema {
  const rules: (readonly FieldRule[])[] = [];
  const given = z.toJSONSchema(schema, {
    io: 'input',
    target: 'openapi-3.0',
    override: ({ zodSchema, jsonSchema }) => {
      const own = fieldRulesOf(zodSchema);
      if (own.length > 0) jsonSchema[rulesKey] = rules.push(own) - 1;
    },
  });
  return new Conversion(options, rules).convert(given, path);
}

/** Where a schema does not say: so that the server can tell beforehand what rules may cost. */
const usual = { maxLength: 16_384, maxItems: 256, maxProperties: 64 };
/** Those that API servers know; of another one they warn. */
const knownFormats = ['uri', 'date-time'];

class Conversion {
  readonly #options: StructuralOptions;
  readonly #rules: readonly (readonly FieldRule[])[];

  constructor(options: StructuralOptions, rules: readonly (readonly FieldRule[])[]) {
    this.#options = options;
    this.#rules = rules;
  }

  convert(given: Given, path: readonly string[]): StructuralSchema {
    const fields = path.filter((place) => place !== inList);
    const description = describe(given, this.#options.documentation(fields));
    const described = description === '' ? {} : { description };
    if (this.#options.isOpaque?.(path)) return { ...described, type: 'object', ...anything };
    return { ...described, ...this.#typed(given, path) };
  }

  #typed(given: Given, path: readonly string[]): StructuralSchema {
    if (given.anyOf !== undefined) return { ...eitherOf(given.anyOf, path), ...defaultOf(given) };
    switch (given.type) {
      case 'object':
        return this.#object(given, path);
      case 'array':
        return this.#list(given, path);
      case 'string':
      case 'integer':
      case 'number':
      case 'boolean':
        return { type: given.type, ...boundsOf(given), ...defaultOf(given) };
      case undefined:
        return anything;
      default:
        throw unsaid(String(given.type), path);
    }
  }

  #object(given: Given, path: readonly string[]): StructuralSchema {
    const { properties = {}, additionalProperties: others, required = [] } = given;
    if (isSchema(others)) {
      const { maxProperties = usual.maxProperties } = given;
      return { type: 'object', maxProperties, additionalProperties: this.convert(others, path) };
    }
    const fields = Object.entries(properties).flatMap(([name, field]) =>
      isSchema(field) && !isNever(field) ? [[name, this.convert(field, [...path, name])] as const] : [],
    );
    const place = given[rulesKey];
    const rules = typeof place === 'number' ? (this.#rules[place] ?? []) : [];
    return {
      type: 'object',
      ...(others === false ? anything : {}),
      ...(required.length > 0 ? { required } : {}),
      properties: Object.fromEntries(fields),
      ...(rules.length > 0 ? { 'x-kubernetes-validations': rules.map(celRuleOf) } : {}),
    };
  }

  #list(given: Given, path: readonly string[]): StructuralSchema {
    const { items, minItems, maxItems = usual.maxItems } = given;
    if (!isSchema(items)) throw unsaid('tuple', path);
    const { description: _, ...item } = this.convert(items, [...path, inList]);
    const key = this.#options.keyOf?.(path, item);
    return {
      type: 'array',
      ...(minItems === undefined ? {} : { minItems }),
      maxItems,
      ...(key === undefined ? {} : { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] }),
      items: item,
    };
  }
}

const anything: StructuralSchema = { 'x-kubernetes-preserve-unknown-fields': true };

/** A whole number or a text is the one choice that there is; with any number it is left to whoever reads it. */
function eitherOf(choices: readonly Given[], path: readonly string[]): StructuralSchema {
  const types = choices
    .map(({ type }) => String(type))
    .toSorted()
    .join(' or ');
  if (types === 'number or string') return anything;
  if (types !== 'integer or string') throw unsaid(`choice of ${types}`, path);
  const bounds = choices.flatMap((choice) => Object.entries(boundsOf(choice)));
  return { 'x-kubernetes-int-or-string': true, ...Object.fromEntries(bounds) };
}

const kept = ['enum', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'] as const;

/** A text that is one of a few needs no other bound. */
function boundsOf(given: Given): StructuralSchema {
  const bounds = Object.fromEntries(
    kept.flatMap((name) =>
      given[name] === undefined || isEndless(given[name]) ? [] : [[name, given[name]]],
    ),
  );
  if (given.type !== 'string' || given.enum !== undefined) return bounds;
  const { minLength, maxLength = usual.maxLength, pattern, format = '' } = given;
  return {
    ...bounds,
    ...(minLength === undefined ? {} : { minLength }),
    maxLength,
    ...(knownFormats.includes(format) ? { format } : pattern === undefined ? {} : { pattern }),
  };
}

const isEndless = (bound: unknown): boolean => Math.abs(Number(bound)) === Number.MAX_SAFE_INTEGER;

/** What is stored shows it. Objects, lists and empty texts are not made where nobody wrote them. */
function defaultOf({ default: value, type }: Given): StructuralSchema {
  const fits = type === undefined || (type === 'integer' ? Number.isInteger(value) : typeof value === type);
  return isScalar(value) && value !== '' && fits ? { default: value } : {};
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const isSchema = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field that is only there to be refused with a reason. */
const isNever = ({ not }: Given): boolean => not !== undefined;

const unsaid = (what: string, path: readonly string[]): Error =>
  new Error(`a structural schema has no ${what}: ${path.join('.')}`);
