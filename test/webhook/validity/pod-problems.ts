/** Whether a real API server would take a pod: its published schema, made strict, and the rules beyond it. */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { brokenRules, type CheckedPod } from './pod-rules.js';
import { podDefinition, type Swagger } from './prune-schema.js';

export const podSchema = JSON.parse(readFileSync('test/webhook/validity/pod-schema.json', 'utf8')) as Swagger;

/** Empty: it is valid. The rules are asked only about what has the shape they expect. */
export function podProblems(pod: unknown): readonly string[] {
  if (!isPod(pod)) return (isPod.errors ?? []).map(sentence);
  return brokenRules(pod as CheckedPod);
}

/** Of a field that does not exist it tells the name. */
const sentence = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath} ${message ?? ''} ${String(params['additionalProperty'] ?? '')}`.trim();

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true });
addFormats.default(ajv);
ajv.addFormat('int-or-string', true);

const isPod = ajv.compile({
  definitions: Object.fromEntries(
    Object.entries(podSchema.definitions).map(([name, definition]) => [name, strict(name, definition)]),
  ),
  $ref: `#/definitions/${podDefinition}`,
});

/** What is published allows fields that do not exist, and calls every quantity a string though numbers are taken too. */
function strict(name: string, definition: Readonly<Record<string, unknown>>): unknown {
  if (name.endsWith('.Quantity')) return { type: ['string', 'number'] };
  if (name.endsWith('.IntOrString')) return { type: ['string', 'integer'] };
  const isClosed = definition['properties'] !== undefined && definition['additionalProperties'] === undefined;
  return isClosed ? { ...definition, additionalProperties: false } : definition;
}
