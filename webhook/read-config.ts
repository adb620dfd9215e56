/** The configuration file of the webhook and of `havock8s inject`: YAML or JSON, each field optional, none unknown. */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { nearest } from '../faults/grammar/nearest.js';
import { configSchema } from './config-schema.js';
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
  if (!isValid(given.value)) {
    const problems = (isValid.errors ?? [])
      .map((error) => ({ line: lineOf(offsetOf(document, error)), message: messageOf(error) }))
      .sort((one, other) => one.line - other.line);
    return { kind: 'problems', problems };
  }
  return { kind: 'config', config: withDefaults(given.value as Partial<InjectionConfig>) };
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

const isValid = new Ajv2020({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true }).compile(
  configSchema,
);

function withDefaults({ resources, ...given }: Partial<InjectionConfig>): InjectionConfig {
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

/** What is given of limits are the limits: so one can be done away with. */
function resourcesWithDefaults<T extends SidecarResources>(defaults: T, given: Partial<T> = {}): T {
  return {
    ...defaults,
    ...given,
    requests: { ...defaults.requests, ...given.requests },
    guaranteed: { ...defaults.guaranteed, ...given.guaranteed },
  };
}

/** Of the field that is wrong, or of the innermost one around it that the text has. */
function offsetOf(document: Document, { instancePath, params }: ErrorObject): number {
  const path = instancePath.split('/').slice(1).map(unescaped);
  const unknown: unknown = params['additionalProperty'];
  const parent = document.getIn(path, true) as Located;
  const key =
    typeof unknown === 'string' ? parent?.items?.find((pair) => pair.key?.value === unknown)?.key : null;
  return key?.range?.[0] ?? parent?.range?.[0] ?? 0;
}

type Located =
  | {
      readonly range?: readonly number[];
      readonly items?: readonly {
        readonly key?: { readonly value?: unknown; readonly range?: readonly number[] };
      }[];
    }
  | undefined;

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

function messageOf({ instancePath, keyword, params, message, parentSchema }: ErrorObject): string {
  const where = instancePath.slice(1).split('/').map(unescaped).join('.') || 'the configuration';
  if (keyword === 'additionalProperties') {
    const unknown = String(params['additionalProperty']);
    const known = Object.keys((parentSchema?.['properties'] as object | undefined) ?? {});
    const likely = nearest(unknown, known);
    const allowed = likely === undefined ? `known are ${known.join(', ')}` : `did you mean "${likely}"?`;
    return `${where} has no field "${unknown}"; ${allowed}`;
  }
  if (keyword === 'enum')
    return `${where} is one of ${(params['allowedValues'] as readonly unknown[]).join(', ')}`;
  if (keyword === 'pattern') return `${where} is not ${String(parentSchema?.['description'])}`;
  if (keyword === 'type') return `${where} must be of type ${String(params['type'])}`;
  return `${where} ${message ?? 'is wrong'}`;
}
