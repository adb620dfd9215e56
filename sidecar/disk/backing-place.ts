/**
 * Where the disk beneath a volume is mounted, and what of: mount point, type, source, and the path within. It is noted
 * when the volume is begun, in the memory that outlives a fault proxy. A disk that was unmounted leaves its mount point
 * behind, which is a directory of another disk: only what is mounted like the first is taken for it.
 */
import { createHash } from 'node:crypto';
import { entryOf, type MountEntry } from '../linux/mountinfo.js';
import { field, type VolumeState } from './state/volume-state.js';

const words = 4;

export class BackingPlace {
  readonly #header: VolumeState['header'];
  constructor(header: VolumeState['header']) {
    this.#header = header;
  }

  /** Of the disk that an open descriptor lies in, once: later ones change nothing. */
  note(fd: number): void {
    const entry = entryOf(fd);
    if (entry !== undefined && !this.#isNoted) this.#noted.set(hashOf(entry));
  }

  /** Is what the descriptor lies in mounted like the disk that was noted? */
  isOf(fd: number): boolean {
    const entry = entryOf(fd);
    return entry !== undefined && this.#isNoted && hashOf(entry).every((one, at) => one === this.#noted[at]);
  }

  get #isNoted(): boolean {
    return this.#noted.some((one) => one !== 0);
  }

  get #noted(): Int32Array {
    return this.#header.subarray(field.place, field.place + words);
  }
}

function hashOf({ mountpoint, type, source, root }: MountEntry): Int32Array {
  const digest = createHash('sha256')
    .update(JSON.stringify([mountpoint, type, source, root]))
    .digest();
  return Int32Array.from({ length: words }, (_, at) => digest.readInt32LE(at * 4));
}
