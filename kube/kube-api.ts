/**
 * What can be asked of an API server. Every call is bounded in time and size and rejects with a HavocError;
 * `replace` and a patch that names a resourceVersion reject with kube.conflict when somebody was faster.
 */
import type { KubeObject, Selection, Target } from './kube-object.js';

export interface KubeApi {
  /** Null when there is none. */
  get<T extends KubeObject>(target: Target): Promise<T | null>;
  list<T extends KubeObject>(selection: Selection): Promise<ObjectList<T>>;
  /** Page by page, for what is too much to have at once; resolves with the resourceVersion of them all. */
  listEach(selection: Selection, onObject: (object: KubeObject) => void): Promise<string>;
  create<T extends KubeObject>(selection: Selection, object: T): Promise<T>;
  replace<T extends KubeObject>(target: Target, object: T): Promise<T>;
  patch<T extends KubeObject>(target: Target, patch: Patch): Promise<T>;
  /** Is content when there was none. With `uid` another object of that name stays, and it rejects with kube.conflict. */
  remove(target: Target, only?: RemoveOptions): Promise<void>;
  /** Asks a subresource to act, as `eviction` of a pod does. What it answers beside its status is not looked at. */
  post(target: Target, object: unknown): Promise<void>;
  /** Resolves when the server ends the watch, or `signal` does; rejects when it breaks. */
  watch(selection: Selection, options: WatchOptions): Promise<void>;
  /** What the server says it is, at `/version`: every user may ask. */
  version(): Promise<unknown>;
  /** The wall clock of the API server that answers, to the second: what it stamps objects with, whatever ours says. */
  serverMs(): Promise<number>;
}

export interface RemoveOptions {
  readonly uid: string;
  /** Not there: as the object itself says. */
  readonly gracePeriodSeconds?: number;
}

export interface ObjectList<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** The kind names the content type: a body of one sort under the header of another is refused, or worse, obeyed. */
export type Patch =
  | { readonly kind: 'merge'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'strategic-merge'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'json'; readonly body: readonly JsonPatchOperation[] }
  | {
      readonly kind: 'apply';
      readonly body: Readonly<Record<string, unknown>>;
      readonly fieldManager: string;
    };

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export interface WatchOptions {
  readonly resourceVersion: string;
  /** The server ends the watch after this. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WatchEvent) => void;
}

export type WatchEvent =
  | { readonly kind: 'added' | 'modified' | 'deleted'; readonly object: KubeObject }
  | { readonly kind: 'bookmark' };
