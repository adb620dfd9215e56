/**
 * A real mount to test on, beside a bare directory of the same file system:
 *
 *     <temporary>/bare      the plain directory to compare with
 *     <temporary>/backing   what the fault proxy serves
 *     <temporary>/mount     where it serves it
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalOptions, Sidecar } from '../../../sidecar/supervise/local/local-options.js';
import { startShipped } from '../../shipped.js';
import { Control } from './control.js';

export interface MountedDisk {
  readonly bare: string;
  readonly backing: string;
  readonly mount: string;
  readonly sidecar: Sidecar;
  readonly control: Control;
  /** What the sidecar logged, from `warn` on. */
  readonly log: readonly string[];
  /** Unmounts and removes everything; fails when the sidecar left its mount behind. */
  close(): Promise<void>;
}

export interface MountOptions extends Omit<LocalOptions, 'disks'> {
  readonly readOnly?: boolean;
  /** Another directory to serve than an empty one of the test's own. */
  readonly backing?: string;
}

export async function mountDisk({
  readOnly = false,
  backing: served,
  ...options
}: MountOptions = {}): Promise<MountedDisk> {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
  chmodSync(directory, 0o755);
  const [bare, backing, mount, stateDir] = ['bare', 'backing', 'mount', 'state'].map((name) => {
    mkdirSync(join(directory, name));
    return join(directory, name);
  }) as [string, string, string, string];
  const log: string[] = [];
  const disk = { volume: 'data', backing: served ?? backing, mountpoint: mount, readOnly };
  const sidecar = await startShipped({
    control: { host: '127.0.0.1', port: 0 },
    stateDir,
    seed: 1,
    logLevel: 'warn',
    onLog: (line) => log.push(line),
    ...options,
    disks: [disk],
  }).catch((error: unknown) => {
    rmSync(directory, { recursive: true });
    throw error;
  });
  return {
    bare,
    backing: disk.backing,
    mount,
    sidecar,
    control: new Control(sidecar.controlUrl),
    log,
    async close() {
      await sidecar.close();
      if (isMounted(mount)) throw new Error(`the sidecar left ${mount} mounted`);
      rmSync(directory, { recursive: true });
    },
  };
}

export async function withMount(
  use: (disk: MountedDisk) => Promise<void>,
  options?: MountOptions,
): Promise<void> {
  const disk = await mountDisk(options);
  try {
    await use(disk);
  } finally {
    await disk.close();
  }
}

export function isMounted(path: string): boolean {
  return readFileSync('/proc/self/mounts', 'utf8').includes(` ${path} `);
}
