/**
 * A disk whose machine loses power: an ext4 on a loop device. What a program wrote and did not sync stays in the memory of
 * that file system for minutes; what has reached the file beneath by now is all that a power cut leaves.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bytes = 256 * 2 ** 20;

export class PowerlessDisk {
  readonly #root = mkdtempSync(join(tmpdir(), 'havock8s-power-'));
  readonly #mounts: string[] = [];
  readonly mount: string;

  constructor() {
    const image = join(this.#root, 'image');
    writeFileSync(image, '');
    truncateSync(image, bytes);
    run('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0', image);
    this.mount = this.#mountOf(image, 'disk');
  }

  /** Everything that is written by now survives. */
  sync(): void {
    run('sync', '-f', this.mount);
  }

  /** What is left after a power cut at this moment, mounted. Whoever writes to the disk has ended. */
  afterPowerCut(): string {
    const left = join(this.#root, 'left');
    run('cp', '--sparse=always', join(this.#root, 'image'), left);
    return this.#mountOf(left, 'disk-left');
  }

  close(): void {
    for (const mount of this.#mounts) run('umount', mount);
    rmSync(this.#root, { recursive: true });
  }

  #mountOf(image: string, name: string): string {
    const mount = join(this.#root, name);
    mkdirSync(mount);
    run('chmod', '755', this.#root);
    run('mount', '-o', 'loop,commit=300', image, mount);
    this.#mounts.push(mount);
    return mount;
  }
}

const run = (program: string, ...args: readonly string[]): void =>
  void execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
