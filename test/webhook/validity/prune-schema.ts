/**
 * What validity tests need of the schema that Kubernetes publishes: a pod and everything it refers to, without the
 * prose, the status and what only servers write. pod-schema.json is api/openapi-spec/swagger.json of Kubernetes
 * 1.34.4 (Apache-2.0) after this:
 *
 *     node dist/test/webhook/validity/prune-schema.js swagger.json > test/webhook/validity/pod-schema.json
 */
import { readFileSync } from 'node:fs';
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

type Schema = Readonly<Record<string, unknown>>;

export interface Swagger {
  readonly definitions: Readonly<Record<string, Schema>>;
}

export const podDefinition = 'io.k8s.api.core.v1.Pod';

export function pruneSchema({ definitions }: Swagger): Swagger {
  const kept = new Map<string, Schema>();
  const keep = (name: string): void => {
    if (kept.has(name)) return;
    const definition = without(definitions[name]) as Schema;
    kept.set(name, definition);
    for (const referred of references(definition)) keep(referred);
  };
  keep(podDefinition);
  return { definitions: Object.fromEntries([...kept].sort(([one], [other]) => (one < other ? -1 : 1))) };
}

const unneeded: readonly string[] = ['status', 'managedFields'];

/** `properties` hold names, of which one may be "description"; elsewhere it is prose. */
function without(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([key]) =>
    isNames ? !unneeded.includes(key) : key !== 'description' && !key.startsWith('x-kubernetes-'),
  );
  return Object.fromEntries(fields.map(([key, item]) => [key, without(item, key === 'properties')]));
}

function references(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' ? [String(item).replace('#/definitions/', '')] : references(item),
  );
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const swagger = JSON.parse(readFileSync(argv[2] ?? '', 'utf8')) as Swagger;
  stdout.write(`${JSON.stringify(pruneSchema(swagger), null, 2)}\n`);
}
