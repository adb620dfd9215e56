/** Paths of inodes below the volume's root, as globs see them; remembered until any name changes. */
import { type InodeTable, rootSlot } from './state/inode-table.js';

const mostRemembered = 4096;
/** PATH_MAX / 2: no path has more parts. */
const deepest = 2048;

export class Paths {
  readonly #remembered = new Map<number, string>();
  #epoch = -1;
  readonly #inodes: InodeTable;

  constructor(inodes: InodeTable) {
    this.#inodes = inodes;
  }

  /** '' for the root, and for what nobody knows yet; an inode that lost its name keeps the last one. */
  of(slot: number): string {
    this.#forgetStale();
    const known = this.#remembered.get(slot);
    if (known !== undefined) return known;
    const path = this.#walk(slot);
    if (path === '') return path;
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(slot, path);
    return path;
  }

  below(parent: number, name: Uint8Array): string {
    const directory = this.of(parent);
    const last = Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString();
    return directory === '' ? last : `${directory}/${last}`;
  }

  #walk(slot: number): string {
    const names: string[] = [];
    for (let at = slot, depth = 0; at !== rootSlot && depth < deepest && this.#inodes.has(at); depth++) {
      names.push(Buffer.from(this.#inodes.name(at)).toString());
      at = this.#inodes.parent(at);
    }
    return names.reverse().join('/');
  }

  #forgetStale(): void {
    const now = this.#inodes.nameEpoch;
    if (now === this.#epoch) return;
    this.#remembered.clear();
    this.#epoch = now;
  }
}
