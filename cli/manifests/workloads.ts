/** What in a document makes pods: which resources there are, lists opened, and where each keeps its pod. */
import { isObject, type Json, type Path } from '../../core/json.js';

export interface Resource {
  readonly kind: string;
  readonly name: string;
  /** Null where the manifest leaves it to whoever applies it. */
  readonly namespace: string | null;
  readonly value: Json;
  /** Where it stands in its document. */
  readonly path: Path;
}

export interface Workload extends Resource {
  /** From the document to the pod, or its template. */
  readonly podPath: Path;
  /** Of a StatefulSet: each of its pods gets a volume of this name. */
  readonly claims: readonly string[];
}

/** In the order they stand. What has no kind is a resource too: only not one of ours. */
export function resourcesOf(value: unknown, path: Path = []): readonly Resource[] {
  if (!isObject(value)) return [];
  const { kind, items } = value;
  if (isListKind(value) && Array.isArray(items))
    return items.flatMap((item, index) => resourcesOf(item, [...path, 'items', index]));
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  const { name, generateName, namespace } = metadata;
  return [
    {
      kind: typeof kind === 'string' ? kind : '?',
      name: typeof name === 'string' ? name : typeof generateName === 'string' ? `${generateName}*` : '?',
      namespace: typeof namespace === 'string' ? namespace : null,
      value,
      path,
    },
  ];
}

/** Null where it makes no pods, or none that we know how to find: operators have kinds of their own. */
export function workloadOf(resource: Resource): Workload | null {
  const { value, kind, path } = resource;
  const templatePath = kinds.get(`${groupOf(value)}/${kind}`);
  if (templatePath === undefined) return null;
  return {
    ...resource,
    podPath: [...path, ...templatePath],
    claims: kind === 'StatefulSet' ? claimsOf(value) : [],
  };
}

const template: Path = ['spec', 'template'];

/** By group, since an operator's StatefulSet need not be as that of Kubernetes. */
const kinds: ReadonlyMap<string, Path> = new Map([
  ['/Pod', []],
  ['/ReplicationController', template],
  ...['StatefulSet', 'Deployment', 'DaemonSet', 'ReplicaSet'].map(
    (kind) => [`apps/${kind}`, template] as const,
  ),
  ['batch/Job', template],
  ['batch/CronJob', ['spec', 'jobTemplate', ...template]],
]);

function isListKind({ apiVersion, kind }: Json): boolean {
  if (kind === 'List') return apiVersion === 'v1';
  return (
    typeof kind === 'string' &&
    kind.endsWith('List') &&
    kinds.has(`${groupOf({ apiVersion })}/${kind.slice(0, -4)}`)
  );
}

function groupOf({ apiVersion }: Json): string {
  const text = typeof apiVersion === 'string' ? apiVersion : '?/';
  return text.includes('/') ? text.slice(0, text.indexOf('/')) : '';
}

function claimsOf({ spec }: Json): readonly string[] {
  const templates = isObject(spec) ? spec['volumeClaimTemplates'] : undefined;
  if (!Array.isArray(templates)) return [];
  return templates.flatMap((claim: unknown) => {
    const metadata = isObject(claim) ? claim['metadata'] : undefined;
    const name = isObject(metadata) ? metadata['name'] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}
