/** One line of a watch. A line that cannot be understood breaks the watch, so that nothing is missed unnoticed. */
import { HavocError } from '../core/havoc-error.js';
import { errorOfStatus } from './error-of-status.js';
import type { WatchEvent } from './kube-api.js';
import type { KubeObject, Resource } from './kube-object.js';

/** Throws the error that the server sent: kube.gone when the resourceVersion is too old. */
export function parseWatchLine(line: string, resource: Resource): WatchEvent {
  const { type, object } = parse(line, resource);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { kind: kinds[type], object: named(object, resource) };
    case 'BOOKMARK':
      return { kind: 'bookmark' };
    case 'ERROR':
      throw errorOfStatus(statusCode(object), object, `watching ${resource.plural}`);
    default:
      throw new HavocError(
        'kube.bad-answer',
        `an event of ${resource.plural} is called ${JSON.stringify(type)}`,
      );
  }
}

const kinds = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

function parse(line: string, resource: Resource): { readonly type?: unknown; readonly object?: unknown } {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null ? event : {};
  } catch (error) {
    throw new HavocError('kube.bad-answer', `an event of ${resource.plural} is not JSON`, { cause: error });
  }
}

function named(object: unknown, resource: Resource): KubeObject {
  const found = object as Partial<KubeObject> | null | undefined;
  if (typeof found?.metadata?.name !== 'string') {
    throw new HavocError('kube.bad-answer', `an event of ${resource.plural} has no object with a name`);
  }
  return found as KubeObject;
}

function statusCode(object: unknown): number {
  const code = (object as { readonly code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : 500;
}
