/**
 * When each fault was first seen and how its dice fall, kept where a restarted sidecar finds it: `faults.json` in the
 * state directory, replaced by rename and synced, so that it is whole at any moment of any death.
 */
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { type KeptState, nothingKept, readKept, writeKept } from './kept-faults.js';
import { registryLimits } from './registry-limits.js';

export class StateFile {
  readonly #path: string;
  readonly #log: Logger;
  #next: KeptState | null = null;
  #writing: Promise<void> | null = null;

  constructor(directory: string, log: Logger) {
    this.#path = join(directory, 'faults.json');
    this.#log = log;
  }

  /** A file that makes no sense is put aside and logged: faults then count from now. Never rejects. */
  async load(): Promise<KeptState> {
    try {
      const { size } = await stat(this.#path);
      if (size > registryLimits.stateFileBytes) throw new RangeError(`${size} bytes`);
      return readKept(await readFile(this.#path, 'utf8'));
    } catch (cause) {
      if (isMissing(cause)) return nothingKept;
      this.#log.error(
        { code: 'plan.state-unreadable', file: this.#path, err: cause },
        'kept deadlines cannot be read, starting anew',
      );
      await rename(this.#path, `${this.#path}.unreadable`).catch(() => {});
      return nothingKept;
    }
  }

  /** Writes in the background, one at a time; of those that wait only the newest is written. */
  save(state: KeptState): void {
    this.#next = state;
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = null;
    });
  }

  /** Resolves when all that was saved is on the disk, or was logged as not; a disk that hangs is not waited for. */
  async settled(): Promise<void> {
    if (this.#writing === null) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, registryLimits.settledMs);
    });
    await Promise.race([this.#writing, late]);
    clearTimeout(timer);
  }

  async #drain(): Promise<void> {
    while (this.#next !== null) {
      const text = writeKept(this.#next);
      this.#next = null;
      try {
        await replace(this.#path, text);
      } catch (cause) {
        this.#log.error(
          { code: 'plan.state-unwritable', file: this.#path, err: cause },
          'deadlines will not survive a restart',
        );
      }
    }
  }
}

async function replace(path: string, text: string): Promise<void> {
  const next = await open(`${path}.next`, 'w', 0o600);
  try {
    await next.writeFile(text);
    await next.sync();
  } finally {
    await next.close();
  }
  await rename(`${path}.next`, path);
  const directory = await open(dirname(path));
  await directory.sync().finally(() => directory.close());
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
