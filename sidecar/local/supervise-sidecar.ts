/**
 * Holder and plane as children of this process, the plane started again whenever it dies. This process must
 * never touch the volumes: while the plane is away it would wait for itself.
 *
 *     superviseSidecar ─► holder (mounts) ─► plane (serves) ─► control endpoint answers
 *                                              ▲       │
 *                                              └─ dies ┘
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, realpath, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { HavocError } from '../havoc-error.js';
import { unmountVolume } from '../mount/mount-volume.js';
import { Holder } from './holder.js';
import type { LocalOptions, Sidecar } from './local-options.js';
import { backingFlags } from './mount-flags.js';
import { Plane } from './plane.js';

/** Resolves when the volumes are mounted and the control endpoint answers. Rejects with a HavocError, leaving nothing. */
export async function superviseSidecar(
  options: LocalOptions,
  onPlane: (pid: number) => void,
): Promise<Sidecar> {
  const own = options.stateDir === undefined ? mkdtempSync(join(tmpdir(), 'havock8s-')) : null;
  const stateDirectory = resolve(options.stateDir ?? own ?? '');
  await mkdir(stateDirectory, { recursive: true });
  const cleanUp = (): void => {
    if (own !== null) rmSync(own, { recursive: true, force: true });
  };
  const onLog = options.onLog ?? (() => {});
  try {
    return await assemble(options, { stateDirectory, onLog, onPlane, cleanUp });
  } catch (error) {
    cleanUp();
    throw error;
  }
}

interface Surroundings {
  readonly stateDirectory: string;
  readonly onLog: (line: string) => void;
  readonly onPlane: (pid: number) => void;
  readonly cleanUp: () => void;
}

async function assemble(
  options: LocalOptions,
  { stateDirectory, onLog, onPlane, cleanUp }: Surroundings,
): Promise<Sidecar> {
  const socket = socketPath(stateDirectory);
  const volumes = await Promise.all(
    options.disks.map(async (disk) => ({
      volume: disk.volume,
      backing: resolve(disk.backing),
      mountpoint: await withoutLinks(resolve(disk.mountpoint)),
      readOnly: disk.readOnly ?? false,
    })),
  );
  for (const { backing } of volumes) await statfs(backing);
  const mounts = volumes.map(({ volume, mountpoint, backing, readOnly }) => ({
    volume,
    mountpoint,
    source: backing,
    flags: backingFlags(backing, readOnly),
  }));
  const holder = await Holder.start({ socket, mounts, endWithParent: true }, onLog);
  const unmount = (): void => {
    for (const { mountpoint } of mounts) unmountVolume(mountpoint);
  };
  try {
    const plane = await Plane.start(
      {
        volumes,
        holderSocket: socket,
        stateDirectory,
        annotationsFile: options.annotationsFile === undefined ? null : resolve(options.annotationsFile),
        faults: options.faults ?? [],
        control: options.control ?? { host: '127.0.0.1', port: 0 },
        seed: options.seed ?? 0,
        logLevel: options.logLevel ?? 'silent',
        resend: options.resend ?? true,
        standBy: false,
      },
      { onLog, onPlane },
    );
    return sidecarOf({ holder, plane, stateDirectory, unmount, cleanUp });
  } catch (error) {
    await holder.stop();
    unmount();
    throw error;
  }
}

interface Parts {
  readonly holder: Holder;
  readonly plane: Plane;
  readonly stateDirectory: string;
  /** What a holder that had to be killed left. */
  readonly unmount: () => void;
  readonly cleanUp: () => void;
}

function sidecarOf({ holder, plane, stateDirectory, unmount, cleanUp }: Parts): Sidecar {
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await plane.disarm();
    await holder.stop();
    unmount();
    await plane.stop();
    cleanUp();
  };
  const holderDied = holder.exited.then(() => {
    if (closing) return new Promise<never>(() => {});
    throw new HavocError('E_HOLDER_DIED', 'the process that holds the mounts ended: the volumes are gone');
  });
  const failed = Promise.race([holderDied, plane.failed]);
  failed.catch(() => {});
  return {
    controlUrl: plane.controlUrl,
    stateDirectory,
    holderPid: holder.pid,
    resend: plane.resend,
    planePid: () => plane.pid,
    failed,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** The path by which the kernel lists a mount. A dead mount that is there cannot be asked, but what leads to it can. */
async function withoutLinks(path: string): Promise<string> {
  const real = realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
  return real.catch(() => path);
}

/** A unix socket's path is short; the state directory's may be long. */
function socketPath(stateDirectory: string): string {
  const path = join(stateDirectory, 'holder.sock');
  if (Buffer.byteLength(path) <= 107) return path;
  throw new HavocError(
    'E_STATE_PATH',
    `${stateDirectory}: this path is too long for a unix socket below it (107 bytes)`,
  );
}
