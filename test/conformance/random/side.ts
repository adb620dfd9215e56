/** One of the two directories of a random walk, and the descriptors open in it. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

export class Side {
  readonly #descriptors = new Map<number, number>();

  constructor(readonly directory: string) {}

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Opens a file into a numbered place; whatever was there before is closed. */
  open(place: number, name: string, flags: number): void {
    const fd = openSync(this.path(name), flags, 0o644);
    this.close(place);
    this.#descriptors.set(place, fd);
  }

  /** The descriptor of a place, or of another when that one is empty: an empty place teaches little. */
  fd(place: number): number {
    const open = [...this.#descriptors.values()];
    return this.#descriptors.get(place) ?? open[place % open.length] ?? -1;
  }

  close(place: number): void {
    const fd = this.#descriptors.get(place);
    this.#descriptors.delete(place);
    if (fd !== undefined) closeSync(fd);
  }

  closeAll(): void {
    for (const place of [...this.#descriptors.keys()]) this.close(place);
  }
}
