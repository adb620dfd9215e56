/**
 * A directory that is served by paths, as libfuse's high level does it: bindfs over a directory of the test's own.
 *
 *     <temporary>/real   the files
 *     <temporary>/by-path   the same through bindfs
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMounted } from './mounted-disk.js';
import { until } from './until.js';

export class Bindfs {
  readonly real: string;
  readonly path: string;
  readonly #root = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
  readonly #server: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(options: readonly string[]) {
    this.real = join(this.#root, 'real');
    this.path = join(this.#root, 'by-path');
    mkdirSync(this.real);
    mkdirSync(this.path);
    this.#server = spawn('bindfs', ['-f', ...options, this.real, this.path], { stdio: 'ignore' });
    this.#ended = once(this.#server, 'exit');
  }

  /** Resolves when it serves. `options` are words of the command line. */
  static async mount(...options: readonly string[]): Promise<Bindfs> {
    const bindfs = new Bindfs(options);
    await until(() => isMounted(bindfs.path)).catch(async (error: unknown) => {
      await bindfs.close();
      throw error;
    });
    return bindfs;
  }

  /** Also while somebody has files open in it. */
  async close(): Promise<void> {
    if (isMounted(this.path)) spawnSync('umount', ['--lazy', this.path]);
    this.#server.kill();
    await this.#ended;
    if (isMounted(this.path)) throw new Error(`bindfs left ${this.path} mounted`);
    rmSync(this.#root, { recursive: true });
  }
}
