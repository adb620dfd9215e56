/** The configuration file of the webhook and of `havock8s inject`: YAML or JSON, each field optional, none unknown. */
import { type Document, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { nearest } from '../faults/grammar/nearest.js';
import { configSchema, type GivenConfig } from './config-schema.js';
import { defaultConfig, type InjectionConfig, type SidecarResources } from './injection-config.js';

export type ConfigReading =
  | { readonly kind: 'config'; readonly config: InjectionConfig }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigProblem[] };

export interface ConfigProblem {
  /** From 1. */
  readonly line: number;
  /** One sentence without a full stop. */
  readonly message: string;
}

/** Never throws, whatever the text; an empty one is the defaults. */
export function readConfig(text: string): ConfigReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number): number => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => ({ line: lineOf(pos[0]), message }));
    return { kind: 'problems', problems };
  }
  const given = resolvedValue(document);
  if (given.kind === 'problems') return given;
  const { data, error } = configSchema.safeParse(given.value);
  if (error === undefined) return { kind: 'config', config: withDefaults(data) };
  const problems = error.issues
    .flatMap((issue) => problemsOf(issue, given.value))
    .map(({ at, message }) => ({ line: lineOf(offsetOf(document, at)), message }))
    .sort((one, other) => one.line - other.line);
  return { kind: 'problems', problems };
}

/** Aliases are resolved here: one of nobody, or of more than a person would write, is found only now. */
function resolvedValue(
  document: Document,
): Extract<ConfigReading, { kind: 'problems' }> | { readonly kind: 'value'; readonly value: unknown } {
  try {
    return { kind: 'value', value: document.toJS({ maxAliasCount: 100 }) ?? {} };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { kind: 'problems', problems: [{ line: 1, message: error.message }] };
  }
}

function withDefaults({ resources, ...given }: GivenConfig): InjectionConfig {
  const { mount, faults } = defaultConfig.resources;
  return {
    ...defaultConfig,
    ...given,
    resources: {
      mount: resourcesWithDefaults(mount, resources?.mount),
      faults: resourcesWithDefaults(faults, resources?.faults),
    },
  };
}

type GivenResources = NonNullable<NonNullable<GivenConfig['resources']>['faults']>;

/** What is given of limits are the limits: so one can be done away with. */
function resourcesWithDefaults<T extends SidecarResources>(defaults: T, given: GivenResources = {}): T {
  return {
    ...defaults,
    ...given,
    requests: { ...defaults.requests, ...given.requests },
    guaranteed: { ...defaults.guaranteed, ...given.guaranteed },
  };
}

type Path = readonly PropertyKey[];

interface LocatedProblem {
  readonly at: Path;
  readonly message: string;
}

function problemsOf(issue: z.core.$ZodIssue, given: unknown): readonly LocatedProblem[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys') return [{ at: path, message: messageOf(issue, given) }];
  const known = knownFields(path);
  return issue.keys.map((key) => ({ at: [...path, key], message: unknownField(path, key, known) }));
}

function messageOf(issue: z.core.$ZodIssue, given: unknown): string {
  const where = nameOf(issue.path);
  const schema = schemaAt(issue.path);
  if (valueAt(given, issue.path) === undefined) return `${where} is missing`;
  if (issue.code === 'invalid_value') return `${where} is one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_format') return `${where} is not ${withoutWrappers(schema)?.description}`;
  if (issue.code !== 'invalid_type') return `${where}: ${issue.message}`;
  const expected = issue.expected === 'record' ? 'object' : issue.expected;
  return `${where} must be of type ${expected}${schema?.isNullable() ? ' or null' : ''}`;
}

function unknownField(path: Path, key: string, known: readonly string[]): string {
  const likely = nearest(key, known);
  const allowed = likely === undefined ? `known are ${known.join(', ')}` : `did you mean "${likely}"?`;
  return `${nameOf(path)} has no field "${key}"; ${allowed}`;
}

const nameOf = (path: Path): string => path.map(String).join('.') || 'the configuration';

function knownFields(path: Path): readonly string[] {
  const schema = withoutWrappers(schemaAt(path));
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Of the field at the path, what may be absent or null included. */
const schemaAt = (path: Path): z.ZodType | undefined => path.reduce(partAt, configSchema as z.ZodType);

function partAt(whole: z.ZodType | undefined, key: PropertyKey): z.ZodType | undefined {
  const schema = withoutWrappers(whole);
  if (schema instanceof z.ZodObject) return schema.shape[String(key)];
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return schema instanceof z.ZodRecord ? (schema.valueType as z.ZodType) : undefined;
}

function withoutWrappers(schema: z.ZodType | undefined): z.ZodType | undefined {
  const isWrapper =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable;
  return isWrapper ? withoutWrappers(schema.unwrap() as z.ZodType) : schema;
}

function valueAt(given: unknown, path: Path): unknown {
  return path.reduce<unknown>((whole, key) => (whole as Record<PropertyKey, unknown>)[key], given);
}

/** Of the field that is wrong, or of the innermost one around it that the text has. */
function offsetOf(document: Document, path: Path): number {
  const parent = document.getIn(path.slice(0, -1), true) as Located;
  const key = parent?.items?.find((pair) => pair.key?.value === path.at(-1))?.key;
  const own = document.getIn(path, true) as Located;
  return own?.range?.[0] ?? key?.range?.[0] ?? parent?.range?.[0] ?? 0;
}

type Located =
  | {
      readonly range?: readonly number[];
      readonly items?: readonly {
        readonly key?: { readonly value?: unknown; readonly range?: readonly number[] };
      }[];
    }
  | undefined;
