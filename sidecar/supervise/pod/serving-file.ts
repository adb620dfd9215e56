/** The file by which a probe sees that faults can be armed and nothing waits: there while a fault proxy serves. */
import { rmSync, writeFileSync } from 'node:fs';

export class ServingFile {
  #isOver = false;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.take();
  }

  put(): void {
    if (!this.#isOver) writeFileSync(this.#path, '');
  }

  take(): void {
    rmSync(this.#path, { force: true });
  }

  /** It does not come back. */
  close(): void {
    this.#isOver = true;
    this.take();
  }
}
