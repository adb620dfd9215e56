/**
 * A document's value that may be changed, and remembers of each object and list which node of the syntax tree it
 * came from: so what stayed is told from what is new, wherever it went.
 */
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { isAlias, isMap, isSeq, type Node } from 'yaml';
import { isObject, type Path, valueAt } from '../../../core/json.js';
import { keyOf } from './pair-key.js';

export class TracedValue {
  readonly value: unknown;
  readonly #nodes = new WeakMap<object, Node>();

  constructor(tree: Node | null, value: unknown) {
    this.value = structuredClone(value);
    this.#trace(tree, this.value);
  }

  nodeOf(value: unknown): Node | undefined {
    return typeof value === 'object' && value !== null ? this.#nodes.get(value) : undefined;
  }

  /** What is at `path` as the operations want it. */
  patch(path: Path, operations: readonly Operation[]): void {
    for (const given of operations) {
      const operation = structuredClone(given);
      const target = valueAt(this.value, path);
      if (operation.op === 'replace')
        this.#inherit(fastJsonPatch.getValueByPointer(target, operation.path), operation.value);
      fastJsonPatch.applyOperation(target, operation, true);
    }
  }

  /** What replaces an object takes its place in the tree too, so that only what differs is written. */
  #inherit(old: unknown, value: unknown): void {
    const node = this.nodeOf(old);
    if (node !== undefined && isObject(value)) this.#nodes.set(value, node);
  }

  /** An alias stands for its whole value: what is within is told elsewhere. */
  #trace(node: unknown, value: unknown): void {
    if (isAlias(node) && typeof value === 'object' && value !== null) this.#nodes.set(value, node);
    if (isMap(node) && isObject(value)) {
      this.#nodes.set(value, node);
      for (const pair of node.items) {
        const key = keyOf(pair);
        if (key !== null) this.#trace(pair.value, value[key]);
      }
    }
    if (isSeq(node) && Array.isArray(value)) {
      this.#nodes.set(value, node);
      node.items.forEach((item, index) => {
        this.#trace(item, value[index]);
      });
    }
  }
}
