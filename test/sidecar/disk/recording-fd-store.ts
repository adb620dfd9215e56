/** A descriptor store in this process: what it is given it holds by copies of its own, as the holder does, and notes. */
import { closeSync } from 'node:fs';
import type { FdStore } from '../../../sidecar/disk/fd-store.js';
import { libc } from '../../../sidecar/linux/libc.js';

const F_DUPFD_CLOEXEC = 1030;
const duplicate = (fd: number): number => libc.fcntl(fd, F_DUPFD_CLOEXEC, 3);

export class RecordingFdStore implements FdStore {
  /** `keep KEY` and `drop KEY`, in order. */
  readonly heard: string[] = [];
  readonly #kept = new Map<string, number>();

  get keys(): readonly string[] {
    return [...this.#kept.keys()];
  }

  keep(key: string, fd: number): boolean {
    this.heard.push(`keep ${key}`);
    this.#letGo(key);
    this.#kept.set(key, duplicate(fd));
    return true;
  }

  drop(key: string): void {
    this.heard.push(`drop ${key}`);
    this.#letGo(key);
  }

  /** Copies, for the next fault proxy to close. */
  handOver(): ReadonlyMap<string, number> {
    return new Map([...this.#kept].map(([key, fd]) => [key, duplicate(fd)]));
  }

  close(): void {
    for (const key of this.keys) this.#letGo(key);
  }

  #letGo(key: string): void {
    const fd = this.#kept.get(key);
    if (fd === undefined) return;
    closeSync(fd);
    this.#kept.delete(key);
  }
}
