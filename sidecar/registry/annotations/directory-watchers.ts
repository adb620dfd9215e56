/**
 * Watches the directories a file is found through: its own, and where its symlinks lead. Watching directories
 * and not the file is what sees a rename over it, and the kubelet's swap of the `..data` link beside it.
 */
import { type FSWatcher, watch } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

export class DirectoryWatchers {
  readonly #file: string;
  readonly #onEvent: () => void;
  #watched = new Map<string, FSWatcher>();

  constructor(file: string, onEvent: () => void) {
    this.#file = file;
    this.#onEvent = onEvent;
  }

  /** Follows directories that came, went or were replaced since. False when not every one could be watched. */
  async sync(): Promise<boolean> {
    const wanted = await this.#wanted();
    const kept = new Map<string, FSWatcher>();
    for (const [key, path] of wanted) {
      const watcher = this.#watched.get(key) ?? this.#watch(path);
      if (watcher !== null) kept.set(key, watcher);
    }
    for (const [key, watcher] of this.#watched) if (!kept.has(key)) watcher.close();
    this.#watched = kept;
    return wanted.size > 0 && kept.size === wanted.size;
  }

  close(): void {
    for (const watcher of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  /** Keyed by inode, since a directory made anew under an old name needs a watch of its own. */
  async #wanted(): Promise<Map<string, string>> {
    const target = await realpath(this.#file).catch(() => this.#file);
    const wanted = new Map<string, string>();
    for (const path of new Set([this.#file, target])) {
      const found = await stat(dirname(path)).catch(() => null);
      if (found !== null) wanted.set(`${found.dev}:${found.ino}:${basename(path)}`, path);
    }
    return wanted;
  }

  #watch(path: string): FSWatcher | null {
    const name = basename(path);
    try {
      const watcher = watch(dirname(path), { persistent: false }, (_kind, changed) => {
        if (changed === null || changed === name || changed.startsWith('..')) this.#onEvent();
      });
      watcher.on('error', this.#onEvent);
      return watcher;
    } catch {
      // Out of inotify watches, or the directory has just gone: `sync` tells, and the caller polls.
      return null;
    }
  }
}
