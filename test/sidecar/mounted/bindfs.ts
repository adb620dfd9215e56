/**
 * A directory that is served by paths, as libfuse's high level does it: bindfs over a directory of the test's own.
 *
 *     <temporary>/real   the files
 *     <temporary>/by-path   the same through bindfs
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BindFileSystem } from './bind-file-system.js';
import { isMounted } from './mounted-disk.js';

export class Bindfs {
  readonly real: string;
  readonly path: string;
  readonly #root = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
  #served: BindFileSystem | null = null;

  private constructor() {
    this.real = join(this.#root, 'real');
    this.path = join(this.#root, 'by-path');
    mkdirSync(this.real);
    mkdirSync(this.path);
  }

  /** Resolves when it serves. `options` are words of the command line. */
  static async mount(...options: readonly string[]): Promise<Bindfs> {
    const bindfs = new Bindfs();
    try {
      bindfs.#served = await BindFileSystem.mount(bindfs.real, bindfs.path, options);
    } catch (error) {
      await bindfs.close();
      throw error;
    }
    return bindfs;
  }

  /** Also while somebody has files open in it. */
  async close(): Promise<void> {
    await this.#served?.close();
    if (isMounted(this.path)) throw new Error(`bindfs left ${this.path} mounted`);
    rmSync(this.#root, { recursive: true });
  }
}
