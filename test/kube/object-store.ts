/**
 * Not an API server, but objects in memory with its rules of concurrency, for tests that pass in the clock or need
 * an answer that a real one does not give: each write has a new resourceVersion, one under an old one is a
 * conflict, a watch tells what came after the version it starts from.
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import jsonPatch from 'fast-json-patch';
import { HavocError } from '../../core/havoc-error.js';
import type { KubeApi, Patch, WatchEvent, WatchOptions } from '../../kube/kube-api.js';
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

  async get<T extends KubeObject>(target: Target): Promise<T | null> {
    await this.intercept('get', target);
    return copy(this.#objects.get(keyOf(target)) ?? null) as T | null;
  }

  async version(): Promise<unknown> {
    return { major: '1', minor: '34' };
  }

  async list<T extends KubeObject>(selection: Selection) {
    await this.intercept('list', selection);
    const items = [...this.#objects].flatMap(([key, object]) =>
      key.startsWith(`${pathOf(selection)}/`) && fits(object, selection) ? [copy(object) as T] : [],
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
    return this.#write('added', target, { ...object, metadata: { ...object.metadata, uid: randomUUID() } });
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
    if (patch.kind !== 'json') throw new Error(`this store knows no patch of the kind ${patch.kind}`);
    const before = this.#existing(target);
    try {
      const { newDocument } = jsonPatch.applyPatch(copy(before), [...patch.body] as never, true);
      return this.#write('modified', target, newDocument as T);
    } catch (error) {
      throw new HavocError('kube.invalid', `the patch does not fit ${target.name}`, { cause: error });
    }
  }

  async remove(target: Target): Promise<void> {
    await this.intercept('remove', target);
    const object = this.#objects.get(keyOf(target));
    if (object === undefined) return;
    this.#objects.delete(keyOf(target));
    this.#tell('deleted', target, object);
  }

  async watch(selection: Selection, { resourceVersion, signal, onEvent }: WatchOptions): Promise<void> {
    await this.intercept('watch', selection);
    let seen = Number(resourceVersion);
    while (!signal.aborted) {
      for (const { event, version, selection: of } of this.#history) {
        if (version <= seen || pathOf(of) !== pathOf(selection) || !fits(event.object, selection)) continue;
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
    return copy(written);
  }

  #tell(kind: 'added' | 'modified' | 'deleted', selection: Selection, object: KubeObject): void {
    this.#version++;
    this.#history.push({ selection, event: { kind, object: copy(object) }, version: this.#version });
    this.#changes.emit('change');
  }
}

const keyOf = (target: Target): string => pathOf(target, target.name);
const copy = <T>(value: T): T => structuredClone(value);

function fits({ metadata }: KubeObject, { fieldSelector, labelSelector }: Selection): boolean {
  const [label = '', value] = labelSelector?.split('=') ?? [];
  return (
    (fieldSelector === undefined || fieldSelector === `metadata.name=${metadata.name}`) &&
    (labelSelector === undefined || metadata.labels?.[label] === value)
  );
}
