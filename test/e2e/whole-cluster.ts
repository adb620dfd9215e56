/**
 * Everything that a cluster holds, of every kind that discovery names, so that it can be held against what it held before.
 *
 *     discovery ─► kinds ─ list ─► objects ─ without what changes by itself ─► their fields, by path
 *                                        before, after ─► differences, in words
 */
import { type Connection, openConnection } from '../../kube/connect.js';
import { type KubeObject, keyOf, type Resource } from '../../kube/kube-object.js';
import { fieldsOf } from './fields-of-object.js';

/** By `Kind.group namespace/name`: of each field its value as JSON, by its path. */
export type WholeCluster = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** They tell of what goes on, and change by themselves: events, heartbeats, and what follows from the pods there are. */
const passing: ReadonlySet<string> = new Set([
  ...['events', 'leases', 'endpoints', 'endpointslices'],
  // It is not stored, but asked of its parts.
  'componentstatuses',
]);
const askMs = 30_000;
const mostShown = 120;

export async function wholeCluster(kubeconfig: string): Promise<WholeCluster> {
  const connection = openConnection({ kubeconfig });
  const kinds = (await kindsOf(connection)).filter(({ plural }) => !passing.has(plural));
  const listed = await Promise.all(
    kinds.map(async (resource) => ({
      resource,
      ...(await connection.api.list({ resource, namespace: null })),
    })),
  );
  return new Map(
    listed.flatMap(({ resource, items }) =>
      items.flatMap((object) => {
        const fields = fieldsOf(resource.kind, object);
        return fields.size === 0 ? [] : [[nameOf(resource, object), fields] as const];
      }),
    ),
  );
}

const nameOf = ({ kind, apiVersion }: Resource, object: KubeObject): string => {
  const [group] = apiVersion.split('/');
  return `${kind}${apiVersion.includes('/') ? `.${group}` : ''} ${keyOf(object)}`;
};

/** Empty: it is as it was. `Node n1: spec.unschedulable was nothing, is true`. */
export function differences(before: WholeCluster, after: WholeCluster): readonly string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined) return [`${name}: was not there`];
    if (is === undefined) return [`${name}: is not there any more`];
    return [...new Set([...was.keys(), ...is.keys()])]
      .filter((path) => was.get(path) !== is.get(path))
      .map((path) => `${name}: ${path} was ${shown(was.get(path))}, is ${shown(is.get(path))}`);
  });
}

const shown = (value = 'nothing'): string =>
  value.length > mostShown ? `${value.slice(0, mostShown)}…` : value;

interface Discovered {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly verbs: readonly string[];
  }[];
}

interface Groups {
  readonly groups: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
}

async function kindsOf({ ask }: Connection): Promise<readonly Resource[]> {
  const { groups } = (await ask({ method: 'GET', path: '/apis' }, askMs)) as Groups;
  const versions = ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const found = await Promise.all(
    versions.map(async (apiVersion) => {
      const path = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      const { resources } = (await ask({ method: 'GET', path }, askMs)) as Discovered;
      return resources
        .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list'))
        .map(({ name, kind }) => ({ apiVersion, kind, plural: name }));
    }),
  );
  return found.flat();
}
