/** Descriptors by key, open for as long as they are kept. */
import { libc } from '../linux/libc.js';

export class KeptDescriptors {
  private readonly descriptors = new Map<string, number>();

  get(key: string): number | undefined {
    return this.descriptors.get(key);
  }

  keys(): readonly string[] {
    return [...this.descriptors.keys()];
  }

  entries(): Iterable<readonly [key: string, descriptor: number]> {
    return this.descriptors;
  }

  /** In place of what had the key before. */
  keep(key: string, descriptor: number): void {
    this.drop(key);
    this.descriptors.set(key, descriptor);
  }

  drop(key: string): void {
    const descriptor = this.descriptors.get(key);
    if (descriptor === undefined) return;
    libc.close(descriptor);
    this.descriptors.delete(key);
  }
}
