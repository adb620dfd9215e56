/** Descriptors by key, open for as long as they are kept. */
import { libc } from '../linux/libc.js';
import { descriptorLimit } from '../linux/limits.js';

/**
 * What a small heap has room for, and what leaves descriptors to listen and to mount with. A file without a name that is
 * past it is lost when its fault proxy dies.
 */
const most = Math.min(65_536, descriptorLimit() - 64);
/** The name of a volume and a number. */
const longestKey = 300;

export class KeptDescriptors {
  readonly #descriptors = new Map<string, number>();

  get(key: string): number | undefined {
    return this.#descriptors.get(key);
  }

  keys(): readonly string[] {
    return [...this.#descriptors.keys()];
  }

  entries(): Iterable<readonly [key: string, descriptor: number]> {
    return this.#descriptors;
  }

  hasRoomFor(key: string): boolean {
    if (key === '' || key.length > longestKey) return false;
    return this.#descriptors.size < most || this.#descriptors.has(key);
  }

  /** In place of what had the key before. */
  keep(key: string, descriptor: number): void {
    this.drop(key);
    this.#descriptors.set(key, descriptor);
  }

  drop(key: string): void {
    const descriptor = this.#descriptors.get(key);
    if (descriptor === undefined) return;
    libc.close(descriptor);
    this.#descriptors.delete(key);
  }
}
