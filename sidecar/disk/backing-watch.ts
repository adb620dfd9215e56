/**
 * Do the disks beneath answer? Asked once a second on a thread of libuv's pool, one disk after the other, so that disks
 * that hang hold one thread. The question is statfs(2), which no cache answers.
 *
 *     answers ─► fine
 *     fails ─┬─ mounted again as before ─► another proxy takes over, and begins at the new root
 *            └─ not, or something else is there ─► trouble, and asked again
 *     no answer ─► trouble, for as long as there is none
 */
import { constants } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import { errnoName } from '../linux/errno.js';
import { entryOf } from '../linux/mountinfo.js';
import type { DiskBeneath } from './backing-root.js';
import { limits } from './limits.js';

export interface BackingWatchOptions {
  readonly disks: () => readonly DiskBeneath[];
  readonly nowMs: () => number;
  /** A disk begins to be in trouble, as a sentence, or it ends (null). */
  readonly onTrouble: (volume: string, trouble: string | null) => void;
  /** It is there again, as another file system than the one that is served. */
  readonly onMountedAgain: (volume: string) => void;
}

export class BackingWatch {
  readonly #options: BackingWatchOptions;
  readonly #troubles = new Map<string, string>();
  #asked: { readonly volume: string; readonly sinceMs: number } | null = null;

  constructor(options: BackingWatchOptions) {
    this.#options = options;
  }

  /** The first answers are there when it resolves, or one is late; from then on it goes on by itself. */
  async start(): Promise<void> {
    await this.#askAll();
    setTimeout(() => void this.start(), limits.beneathMs).unref();
  }

  /** Why the disk cannot be used, as a sentence; null: nothing is known against it. */
  trouble(disk: DiskBeneath): string | null {
    const { volume } = disk;
    const lateMs = this.#asked?.volume === volume ? this.#options.nowMs() - this.#asked.sinceMs : 0;
    if (lateMs > limits.beneathLateMs)
      return sentence(disk, `does not answer, for ${Math.round(lateMs / 1000)} s`);
    return this.#troubles.get(volume) ?? null;
  }

  async #askAll(): Promise<void> {
    for (const disk of this.#options.disks()) {
      const { volume } = disk;
      this.#asked = { volume, sinceMs: this.#options.nowMs() };
      const trouble = await this.#troubleOf(disk);
      this.#asked = null;
      const before = this.#troubles.get(volume) ?? null;
      if (trouble === null) this.#troubles.delete(volume);
      else this.#troubles.set(volume, trouble);
      if (trouble !== before) this.#options.onTrouble(volume, trouble);
    }
  }

  async #troubleOf(disk: DiskBeneath): Promise<string | null> {
    const code = await failureOf(`/proc/self/fd/${disk.rootFd}`);
    if (code === null) return null;
    // Without a descriptor left nothing can be looked at; it is tried again.
    const { isAgain, found } = await lookAt(disk).catch(() => nothing);
    if (isAgain) this.#options.onMountedAgain(disk.volume);
    const instead = found === null ? '' : `, and what lies there now is another: ${found}`;
    return sentence(disk, `does not answer (${code})${instead}`);
  }
}

const sentence = ({ volume, backing }: DiskBeneath, trouble: string): string =>
  `volume ${volume}: the disk beneath, ${backing}, ${trouble}`;

/** The code of the error; null: it answers. */
async function failureOf(path: string): Promise<string | null> {
  try {
    await statfs(path);
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

interface AtPath {
  readonly isAgain: boolean;
  /** A file system that is neither the one that is served nor mounted like it; null: there is none. */
  readonly found: string | null;
}

const nothing: AtPath = { isAgain: false, found: null };

/** What the path of a disk that fails leads to. */
async function lookAt({ backing, rootFd, place }: DiskBeneath): Promise<AtPath> {
  const handle = await open(backing, constants.O_RDONLY | constants.O_DIRECTORY).catch(() => null);
  if (handle === null) return nothing;
  try {
    const [entry, served] = [entryOf(handle.fd), entryOf(rootFd)];
    if (entry === undefined || entry.id === served?.id) return nothing;
    if (!place.isOf(handle.fd)) return { isAgain: false, found: `${entry.type} of ${entry.source}` };
    return { isAgain: (await failureOf(`/proc/self/fd/${handle.fd}`)) === null, found: null };
  } finally {
    await handle.close();
  }
}

/** Node itself has no name for some, such as ESTALE. */
const codeOf = (error: unknown): string => errnoName(-((error as NodeJS.ErrnoException).errno ?? 0));
