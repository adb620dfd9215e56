/** The annotations file: one bounded look at it, whatever stands at its path, and word of when to look again. */
import { constants, type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { registryLimits } from '../registry-limits.js';

export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string };

/** Never rejects: a file that cannot be read is an answer too. */
export async function readAnnotationsFile(file: string): Promise<FileContent> {
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK a FIFO at this path would hold the open for ever.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readBounded(handle);
  } catch (cause) {
    return failureOf(cause);
  } finally {
    await handle?.close();
  }
}

async function readBounded(handle: FileHandle): Promise<FileContent> {
  const found = await handle.stat();
  if (!found.isFile()) return unreadable('not-a-file', 'the annotations file is not a regular file');
  // One byte more than it was: a file that grows while it is read shows, and comes again with the next event.
  const buffer = Buffer.alloc(Math.min(found.size, registryLimits.annotationsFileBytes) + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > registryLimits.annotationsFileBytes) {
    return unreadable(
      'too-large',
      `the annotations file has more than ${registryLimits.annotationsFileBytes} bytes`,
    );
  }
  return { kind: 'text', text: buffer.toString('utf8', 0, length) };
}

function failureOf(cause: unknown): FileContent {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
  return unreadable(code, cause instanceof Error ? cause.message : String(cause));
}

function unreadable(code: string, message: string): FileContent {
  return { kind: 'unreadable', code, message };
}

/**
 * Watches the directories a file is found through: its own, and where its symlinks lead. Watching directories
 * and not the file is what sees a rename over it, and the kubelet's swap of the `..data` link beside it.
 */
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

  /** Keyed by inode, since a directory recreated under an old name needs a watch of its own. */
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
