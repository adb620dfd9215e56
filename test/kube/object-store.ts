/**
 * Not an API server, but objects in memory with its rules of concurrency, for tests that pass in the clock or need
 * an answer that a real one does not give: each write has a new resourceVersion, one under an old one is a
 * conflict, a watch tells what came after the version it starts from.
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import jsonPatch from 'fast-json-patch';
import { HavocError } from '../../core/havoc-error.js';
import type { KubeApi, Patch, RemoveOptions, WatchEvent, WatchOptions } from '../../kube/kube-api.js';
import { type KubeObject, pathOf, type Selection, type Target } from '../../kube/kube-object.js';

interface Stored {
  readonly selection: Selection;
  readonly event: WatchEvent & { readonly object: KubeObject };
  readonly version: number;
}

export class ObjectStore implements KubeApi {
  readonly #objects = new Map<string, KubeObject>();
  readonly #history: Stored[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #version = 100;
  /** Throws what the call should fail with. */
  intercept: (call: string, target: Target | Selection) => void | Promise<void> = () => {};
  /** Of the server: objects are stamped by it. */
  wallMs: () => number = Date.now;

  async get<T extends KubeObject>(target: Target): Promise<T | null> {
    await this.intercept('get', target);
    return copy(this.#objects.get(keyOf(target)) ?? null) as T | null;
  }

  async version(): Promise<unknown> {
    return { major: '1', minor: '34' };
  }

  async serverMs(): Promise<number> {
    return this.wallMs();
  }

  async list<T extends KubeObject>(selection: Selection) {
    await this.intercept('list', selection);
    const items = [...this.#objects].flatMap(([key, object]) =>
      isBelow(key, object, selection) && fits(object, selection) ? [copy(object) as T] : [],
    );
    return { items, resourceVersion: String(this.#version) };
  }

  async listEach(selection: Selection, onObject: (object: KubeObject) => void): Promise<string> {
    const { items, resourceVersion } = await this.list(selection);
    items.forEach(onObject);
    return resourceVersion;
  }

  async create<T extends KubeObject>(selection: Selection, object: T): Promise<T> {
    const target = { ...selection, name: object.metadata.name };
    await this.intercept('create', target);
    if (this.#objects.has(keyOf(target))) throw new HavocError('kube.exists', `${target.name} exists`);
    const creationTimestamp = `${new Date(this.wallMs()).toISOString().slice(0, -5)}Z`;
    const metadata = { ...object.metadata, uid: randomUUID(), creationTimestamp };
    return this.#write('added', target, { ...object, metadata });
  }

  async replace<T extends KubeObject>(target: Target, object: T): Promise<T> {
    await this.intercept('replace', target);
    const before = this.#existing(target);
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion) {
      throw new HavocError('kube.conflict', `${target.name} was changed`);
    }
    return this.#write('modified', target, object);
  }

  async patch<T extends KubeObject>(target: Target, patch: Patch): Promise<T> {
    await this.intercept('patch', target);
    const before = this.#existing(target);
    if (patch.kind === 'merge') return this.#merge<T>(target, before, patch.body);
    if (patch.kind !== 'json') throw new Error(`this store knows no patch of the kind ${patch.kind}`);
    try {
      const { newDocument } = jsonPatch.applyPatch(copy(before), [...patch.body] as never, true);
      return this.#write('modified', target, newDocument as T);
    } catch (error) {
      throw new HavocError('kube.invalid', `the patch does not fit ${target.name}`, { cause: error });
    }
  }

  #merge<T extends KubeObject>(target: Target, before: KubeObject, body: Json): T {
    const merged = mergePatch(before, body) as unknown as T;
    const { resourceVersion, uid } = merged.metadata;
    if (resourceVersion !== before.metadata.resourceVersion || uid !== before.metadata.uid) {
      throw new HavocError('kube.conflict', `${target.name} was changed`);
    }
    return this.#write('modified', target, merged);
  }

  /** The one subresource that acts is a pod's eviction, which removes it. */
  async post({ subresource = '', ...target }: Target): Promise<void> {
    await this.intercept(subresource, target);
    this.#existing(target);
    await this.remove(target);
  }

  /** One with finalizers is to go from now on, and goes with the last of them. */
  async remove(target: Target, only?: RemoveOptions): Promise<void> {
    await this.intercept('remove', target);
    const object = this.#objects.get(keyOf(target));
    if (object === undefined) return;
    if (only !== undefined && only.uid !== object.metadata.uid) {
      throw new HavocError('kube.conflict', `${target.name} is another one`);
    }
    if (finalizersOf(object).length > 0) {
      const deletionTimestamp = object.metadata.deletionTimestamp ?? new Date(this.wallMs()).toISOString();
      this.#write('modified', target, { ...object, metadata: { ...object.metadata, deletionTimestamp } });
      return;
    }
    this.#forget(target, object);
  }

  /** And whatever it owns: the garbage collector. */
  #forget(target: Target, object: KubeObject): void {
    this.#objects.delete(keyOf(target));
    this.#tell('deleted', target, object);
    for (const [key, owned] of [...this.#objects]) {
      const isOwned = owned.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid);
      const selection = this.#history.find(
        (one) => one.event.object.metadata.uid === owned.metadata.uid,
      )?.selection;
      if (isOwned && selection && this.#objects.has(key))
        this.#forget({ ...selection, name: owned.metadata.name }, owned);
    }
  }

  async watch(selection: Selection, { resourceVersion, signal, onEvent }: WatchOptions): Promise<void> {
    await this.intercept('watch', selection);
    let seen = Number(resourceVersion);
    while (!signal.aborted) {
      for (const { event, version, selection: of } of this.#history) {
        if (version <= seen || !isOf(of, selection) || !fits(event.object, selection)) continue;
        seen = version;
        onEvent(copy(event));
      }
      await once(this.#changes, 'change', { signal }).catch(() => {});
    }
  }

  #existing(target: Target): KubeObject {
    const object = this.#objects.get(keyOf(target));
    if (object === undefined) throw new HavocError('kube.not-found', `no ${target.name}`);
    return object;
  }

  #write<T extends KubeObject>(kind: 'added' | 'modified', target: Target, object: T): T {
    const resourceVersion = String(this.#version + 1);
    const written = copy({ ...object, metadata: { ...object.metadata, resourceVersion } });
    this.#objects.set(keyOf(target), written);
    this.#tell(kind, target, written);
    if (written.metadata.deletionTimestamp !== undefined && finalizersOf(written).length === 0)
      this.#forget(target, written);
    return copy(written);
  }

  #tell(kind: 'added' | 'modified' | 'deleted', selection: Selection, object: KubeObject): void {
    this.#version++;
    this.#history.push({ selection, event: { kind, object: copy(object) }, version: this.#version });
    this.#changes.emit('change');
  }
}

const finalizersOf = ({ metadata }: KubeObject): readonly string[] =>
  (metadata as { readonly finalizers?: readonly string[] }).finalizers ?? [];

/** A selection without a namespace is of all of them. */
const isOf = (of: Selection, selection: Selection): boolean =>
  pathOf(selection.namespace === null ? { ...of, namespace: null } : of) === pathOf(selection);

const keyOf = (target: Target): string => pathOf(target, target.name);
const copy = <T>(value: T): T => structuredClone(value);

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJson(patch)) return patch;
  const merged: Record<string, unknown> = isJson(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** A selection without a namespace is of all of them. */
function isBelow(key: string, { metadata }: KubeObject, selection: Selection): boolean {
  const namespace = selection.namespace ?? metadata.namespace ?? null;
  return key.startsWith(`${pathOf({ ...selection, namespace })}/`);
}

function fits(object: KubeObject, { fieldSelector, labelSelector }: Selection): boolean {
  const [label = '', value] = labelSelector?.split(/!?=/) ?? [];
  const isExcluded = labelSelector?.includes('!=') === true;
  const [field = '', wanted] = fieldSelector?.split('=') ?? [];
  return (
    (fieldSelector === undefined || String(fieldOf(object, field)) === wanted) &&
    (labelSelector === undefined || (object.metadata.labels?.[label] === value) !== isExcluded)
  );
}

const fieldOf = (object: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((at, name) => (isJson(at) ? at[name] : undefined), object);
