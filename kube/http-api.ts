/** The calls of KubeApi as HTTP requests. */
import { HavocError, hasCode } from '../core/havoc-error.js';
import { answerOf, exchange, type HttpRequest, type HttpServer, stream } from './http-exchange.js';
import type { KubeApi, Patch, WatchOptions } from './kube-api.js';
import { type KubeObject, pathOf, type Selection, type Target } from './kube-object.js';
import { kubeLimits } from './limits.js';
import { parseWatchLine } from './watch-line.js';

export function httpApi(server: HttpServer): KubeApi {
  const call = async <T extends KubeObject>(request: HttpRequest): Promise<T> =>
    asObject<T>(await exchange(server, request));

  return {
    get: <T extends KubeObject>(target: Target) =>
      orNull(call<T>({ method: 'GET', path: targetPath(target) })),
    list: async <T extends KubeObject>(selection: Selection) => {
      const items: T[] = [];
      const resourceVersion = await listPages<T>(server, selection, kubeLimits.items, (object) =>
        items.push(object),
      );
      return { items, resourceVersion };
    },
    listEach: (selection, onObject) => listPages(server, selection, kubeLimits.listedItems, onObject),
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
    remove: async (target, only) => {
      const { uid, ...rest } = only ?? {};
      const body = only && json({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid }, ...rest });
      await orNull(exchange(server, { method: 'DELETE', path: targetPath(target), ...body }));
    },
    post: async (target, object) => {
      await exchange(server, { method: 'POST', path: targetPath(target), ...json(object) });
    },
    watch: (selection, options) => watch(server, selection, options),
    version: () => exchange(server, versionRequest),
    serverMs: async () => readDate(await answerOf(server, versionRequest)),
  };
}

const versionRequest: HttpRequest = { method: 'GET', path: '/version' };

/** Go's HTTP server dates every answer. */
function readDate({ date }: { readonly date: string | undefined }): number {
  const ms = Date.parse(date ?? '');
  if (Number.isNaN(ms)) throw new HavocError('kube.bad-answer', 'an answer of the API server has no date');
  return ms;
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

/** One page at a time, so that nothing but what is made of the objects is ever there whole. */
async function listPages<T extends KubeObject>(
  server: HttpServer,
  selection: Selection,
  most: number,
  onObject: (object: T) => void,
): Promise<string> {
  let count = 0;
  let limit: number = kubeLimits.pageItems;
  let resourceVersion = '';
  for (let page: string | undefined = ''; page !== undefined; ) {
    const list: ListAnswer<T> | null = await onePage<T>(server, selection, { page, limit });
    if (list === null) {
      limit = Math.ceil(limit / 8);
      continue;
    }
    count += list.items.length;
    if (count > most)
      throw new HavocError('kube.bad-answer', `more than ${most} ${selection.resource.plural}`);
    for (const object of list.items) onObject(object);
    resourceVersion = list.metadata.resourceVersion;
    page = list.metadata.continue || undefined;
  }
  return resourceVersion;
}

/** Null: it is too large, and fewer objects are not. */
async function onePage<T extends KubeObject>(
  server: HttpServer,
  selection: Selection,
  { page, limit }: { readonly page: string; readonly limit: number },
): Promise<ListAnswer<T> | null> {
  const query = selectionQuery(selection);
  query.set('limit', String(limit));
  if (page !== '') query.set('continue', page);
  try {
    return asList(await exchange(server, { method: 'GET', path: pathOf(selection), query }));
  } catch (error) {
    if (limit === 1 || !hasCode(error, 'kube.too-large')) throw error;
    return null;
  }
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

function targetPath({ name, subresource, ...selection }: Target): string {
  return pathOf(selection, name, ...(subresource === undefined ? [] : [subresource]));
}

function json(body: unknown, contentType = 'application/json') {
  return { body: JSON.stringify(body), contentType };
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (hasCode(error, 'kube.not-found')) return null;
    throw error;
  }
}

/** Kubernetes promises the shape; that it is an object with a name is all that is checked. */
function asObject<T extends KubeObject>(answer: unknown): T {
  const object = answer as Partial<T> | null;
  if (typeof object?.metadata?.name !== 'string')
    throw new HavocError('kube.bad-answer', 'an object has no name');
  return object as T;
}

interface ListAnswer<T> {
  readonly items: readonly T[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

function asList<T extends KubeObject>(answer: unknown): ListAnswer<T> {
  const list = answer as Partial<ListAnswer<T>> | null;
  if (typeof list?.metadata?.resourceVersion !== 'string') {
    throw new HavocError('kube.bad-answer', 'a list has no resourceVersion');
  }
  return { items: list.items ?? [], metadata: list.metadata };
}
