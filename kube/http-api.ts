/** The calls of KubeApi as HTTP requests. */
import { exchange, type HttpRequest, type HttpServer, stream } from './http-exchange.js';
import type { KubeApi, ObjectList, Patch, WatchOptions } from './kube-api.js';
import { isKubeError, KubeError } from './kube-error.js';
import { type KubeObject, pathOf, type Selection, type Target } from './kube-object.js';
import { kubeLimits } from './limits.js';
import { parseWatchLine } from './watch-line.js';

export function httpApi(server: HttpServer): KubeApi {
  const call = async <T extends KubeObject>(request: HttpRequest): Promise<T> =>
    asObject<T>(await exchange(server, request));

  return {
    get: <T extends KubeObject>(target: Target) =>
      orNull(call<T>({ method: 'GET', path: targetPath(target) })),
    list: (selection) => listPages(server, selection),
    create: <T extends KubeObject>(selection: Selection, object: T) =>
      call<T>({ method: 'POST', path: pathOf(selection), ...json(object) }),
    replace: <T extends KubeObject>(target: Target, object: T) =>
      call<T>({ method: 'PUT', path: targetPath(target), ...json(object) }),
    patch: (target, patch) =>
      call({
        method: 'PATCH',
        path: targetPath(target),
        query: patchQuery(patch),
        ...json(patch.body, patchTypes[patch.kind]),
      }),
    remove: async (target) => {
      await orNull(exchange(server, { method: 'DELETE', path: targetPath(target) }));
    },
    watch: (selection, options) => watch(server, selection, options),
    version: () => exchange(server, { method: 'GET', path: '/version' }),
  };
}

const patchTypes: Readonly<Record<Patch['kind'], string>> = {
  merge: 'application/merge-patch+json',
  'strategic-merge': 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

function patchQuery(patch: Patch): URLSearchParams {
  return new URLSearchParams(
    patch.kind === 'apply' ? { fieldManager: patch.fieldManager, force: 'true' } : {},
  );
}

async function listPages<T extends KubeObject>(
  server: HttpServer,
  selection: Selection,
): Promise<ObjectList<T>> {
  const items: T[] = [];
  let resourceVersion = '';
  for (let page: string | undefined = ''; page !== undefined; ) {
    const query = selectionQuery(selection);
    query.set('limit', String(kubeLimits.pageItems));
    if (page !== '') query.set('continue', page);
    const list: ListAnswer<T> = asList(
      await exchange(server, { method: 'GET', path: pathOf(selection), query }),
    );
    items.push(...list.items);
    if (items.length > kubeLimits.items) {
      throw new KubeError('E_API_ANSWER', `more than ${kubeLimits.items} ${selection.resource.plural}`);
    }
    resourceVersion = list.metadata.resourceVersion;
    page = list.metadata.continue || undefined;
  }
  return { items, resourceVersion };
}

async function watch(server: HttpServer, selection: Selection, options: WatchOptions): Promise<void> {
  const query = selectionQuery(selection);
  query.set('watch', 'true');
  query.set('allowWatchBookmarks', 'true');
  query.set('resourceVersion', options.resourceVersion);
  query.set('timeoutSeconds', String(Math.ceil(options.timeoutMs / 1000)));
  await stream(server, { path: pathOf(selection), query, signal: options.signal }, (line) =>
    options.onEvent(parseWatchLine(line, selection.resource)),
  );
}

function selectionQuery({ labelSelector, fieldSelector }: Selection): URLSearchParams {
  return new URLSearchParams({
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  });
}

function targetPath({ name, ...selection }: Target): string {
  return pathOf(selection, name);
}

function json(body: unknown, contentType = 'application/json') {
  return { body: JSON.stringify(body), contentType };
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isKubeError(error, 'E_API_NOT_FOUND')) return null;
    throw error;
  }
}

/** Kubernetes promises the shape; that it is an object with a name is all that is checked. */
function asObject<T extends KubeObject>(answer: unknown): T {
  const object = answer as Partial<T> | null;
  if (typeof object?.metadata?.name !== 'string')
    throw new KubeError('E_API_ANSWER', 'an object has no name');
  return object as T;
}

interface ListAnswer<T> {
  readonly items: readonly T[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

function asList<T extends KubeObject>(answer: unknown): ListAnswer<T> {
  const list = answer as Partial<ListAnswer<T>> | null;
  if (typeof list?.metadata?.resourceVersion !== 'string') {
    throw new KubeError('E_API_ANSWER', 'a list has no resourceVersion');
  }
  return { items: list.items ?? [], metadata: list.metadata };
}
