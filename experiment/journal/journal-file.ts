/** The journal on disk: a line of JSON for each event, appended, and never changed. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JournalEvent } from './events.js';

export interface Journal {
  append(event: JournalEvent): void;
}

/** Beyond so many bytes single measurements are left out, and counted; whatever else happens is written always. */
const mostBytes = 64 * 1024 * 1024;

export class JournalFile implements Journal {
  readonly #fd: number;
  #bytes = 0;
  #leftOut = 0;

  /** Throws the system's error where the file cannot be made, or is there already. */
  constructor(readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#fd = openSync(path, 'ax', 0o644);
  }

  /** Measurements that were left out. */
  get leftOut(): number {
    return this.#leftOut;
  }

  append(event: JournalEvent): void {
    if (event.type === 'measured' && this.#bytes > mostBytes) {
      this.#leftOut += 1;
      return;
    }
    const line = `${JSON.stringify({ ...event, atMs: Math.round(event.atMs) })}\n`;
    this.#bytes += Buffer.byteLength(line);
    writeSync(this.#fd, line);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
